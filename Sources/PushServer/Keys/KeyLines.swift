import Foundation
import JWS
import PushStorage

/// A file of symmetric keys: one of 32 bytes a line, base64url. The first is used, all are understood.
enum KeyLines {
    /// The keys of a file, which is made with one new key when it isn't there.
    static func prepare(_ file: URL, in folder: DataFolder) throws -> [[UInt8]] {
        if let data = try folder.read(file) { return try read(String(decoding: data, as: UTF8.self), from: file.path) }
        let key = randomBytes(32)
        try folder.writeSecret(Data(text([key]).utf8), to: file)
        return [key]
    }

    static func text(_ keys: [[UInt8]]) -> String { keys.map { Base64URL.encode($0) + "\n" }.joined() }

    /// - Parameter place: where the text is from, for the error.
    static func read(_ text: String, from place: String) throws -> [[UInt8]] {
        let lines = text.split(separator: "\n").filter { !$0.isEmpty }
        let keys = lines.map { Base64URL.decode($0) ?? [] }
        guard !keys.isEmpty, keys.allSatisfy({ $0.count == 32 }) else {
            throw StorageError(
                .corrupt, "\(place) must hold one key of 32 bytes in base64url a line; restore it from a backup")
        }
        return keys
    }
}
