import Foundation
import JWS
import PushStorage

/// A file of symmetric keys: one of 32 bytes a line, base64url. The first is used, all are understood.
enum KeyLines {
    /// The keys of a file, which is made with one new key when it isn't there.
    static func prepare(_ file: URL, in folder: DataFolder) throws -> [[UInt8]] {
        if let data = try folder.read(file) { return try read(data, file) }
        let key = randomBytes(32)
        try folder.writeSecret(Data((Base64URL.encode(key) + "\n").utf8), to: file)
        return [key]
    }

    private static func read(_ data: Data, _ file: URL) throws -> [[UInt8]] {
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").filter { !$0.isEmpty }
        let keys = lines.map { Base64URL.decode($0) ?? [] }
        guard !keys.isEmpty, keys.allSatisfy({ $0.count == 32 }) else {
            throw StorageError(
                .corrupt, "\(file.path) must hold one key of 32 bytes in base64url a line; restore it from a backup")
        }
        return keys
    }
}
