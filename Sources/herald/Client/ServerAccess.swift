import Foundation

/// A server's URL, checked, and the key to it.
struct ServerAccess: Equatable, Sendable {
    static let defaultURL = "http://127.0.0.1:8080"

    /// Without a slash at the end.
    let url: String
    /// nil when none was found.
    let key: String?

    /// - Parameters:
    ///   - key: wins over the data folder.
    ///   - dataFolder: nil means ./data, which is only looked into for a server on this machine: no other one gets its key.
    /// - Throws: ``ClientError``.
    init(server: String?, key: String?, dataFolder: String?) throws {
        let url = server ?? Self.defaultURL
        guard
            let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme?.lowercased()),
            let host = parts.host, !host.isEmpty, parts.query == nil, parts.fragment == nil
        else {
            throw ClientError(.badArguments, "\"\(url)\" is no URL of a server; it looks like \(Self.defaultURL)")
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        if let key, !key.isEmpty {
            self.key = key
        } else if dataFolder != nil || Self.isThisMachine(host) {
            self.key = try Self.adminKey(in: dataFolder ?? "./data", isRequired: dataFolder != nil)
        } else {
            self.key = nil
        }
    }

    /// `host:port` in a form that suits a file name.
    var fileName: String {
        let parts = URLComponents(string: url)
        let port = parts?.port ?? (parts?.scheme == "https" ? 443 : 80)
        let host = (parts?.host ?? "").lowercased().map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" }
        return "\(String(host))-\(port)"
    }

    private static func isThisMachine(_ host: String) -> Bool {
        ["localhost", "::1", "[::1]"].contains(host.lowercased())
            || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }

    private static func adminKey(in folder: String, isRequired: Bool) throws -> String? {
        let path = folder + "/admin.key"
        do {
            let key = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            return key.isEmpty ? nil : key
        } catch {
            guard isRequired || FileManager.default.fileExists(atPath: path) else { return nil }
            throw ClientError(
                .badArguments, "Cannot read the key in \(path); is that the server's data folder, and may you read it?", cause: error)
        }
    }
}
