/// Why nothing of a file can be taken, and what to do.
public struct DeviceFileError: Error, Sendable, CustomStringConvertible {
    public let description: String
}

/// How a file of devices is written.
public enum DeviceFileFormat: String, Sendable, CaseIterable {
    /// A JSON object a line.
    case ndjson
    /// RFC 4180, with a header that names the columns.
    case csv

    /// - Parameter file: its suffix tells; `-` has none.
    /// - Throws: ``SettingsError`` when it doesn't tell.
    public init(named name: String?, file: String) throws {
        let suffix = name ?? String(file.split(separator: "/").last?.split(separator: ".").dropFirst().last ?? "ndjson").lowercased()
        guard let format = Self(rawValue: ["jsonl": "ndjson", "json": "ndjson"][suffix] ?? suffix) else {
            throw SettingsError(key: "--format", message: "must be ndjson or csv; \(file) doesn't tell which it is")
        }
        self = format
    }
}
