#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The folder with the simulators' certificates and credentials. Only its owner may read it.
struct SimulatorFolder: Sendable {
    let path: String

    /// Made when it isn't there.
    init(path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func path(of name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

    /// What an earlier run left; else what `make` makes, which is kept.
    func text(_ name: String, orMake make: () throws -> String) throws -> String {
        if let data = FileManager.default.contents(atPath: path(of: name)), !data.isEmpty { return String(decoding: data, as: UTF8.self) }
        let text = try make()
        try write(text, to: name)
        return text
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = path(of: name)
        try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        return file
    }
}
