#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a push service takes WebSockets.
public struct PushServiceAddress: Sendable, Hashable {
    public let isSecure: Bool
    /// Name or IP address, an IPv6 address without brackets.
    public let host: String
    public let port: Int
    /// Path and query of the upgrade request.
    public let path: String

    /// - Parameter url: `ws`, `wss`, or the `http`, `https` URL of the same server; without a path `/` is asked.
    /// - Throws: `badAddress`.
    public init(_ url: String) throws(UserAgentError) {
        guard
            let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let isSecure = ["ws": false, "http": false, "wss": true, "https": true][scheme],
            let host = parts.host, !host.isEmpty
        else {
            throw UserAgentError(.badAddress, "\"\(url)\" is no address of a push service: it takes ws://, wss://, http:// or https://")
        }
        self.isSecure = isSecure
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (isSecure ? 443 : 80)
        let query = parts.percentEncodedQuery.map { "?" + $0 } ?? ""
        path = (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath) + query
    }

    /// The value of the Host header.
    public var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
