import Crypto
import Foundation
import JWS
import PushStorage

/// Seal what must not be read from a copy of the database: AES-256-GCM (NIST SP 800-38D).
///
/// `master.keys`: one key a line, base64url. Put a new one first to rotate; the old are still understood, and everything is sealed with the
/// first at the next start.
struct MasterKeys: Sendable {
    private let keys: [SymmetricKey]

    /// - Parameter given: the file's lines with commas between them, where the file isn't to be used.
    init(_ folder: DataFolder, given: String?) throws {
        let lines =
            try given.map { try KeyLines.read($0.replacing(",", with: "\n"), from: "the setting masterKeys") }
            ?? KeyLines.prepare(folder.masterKeys, in: folder)
        keys = lines.map { SymmetricKey(data: $0) }
    }

    /// - Parameter context: what the secret belongs to; it can't be opened as anything else's.
    func seal(_ secret: [UInt8], for context: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(secret, using: keys[0], authenticating: Array(context.utf8))
        return Array(box.combined ?? Data())
    }

    /// - Returns: the secret, and whether it is sealed with an old key; nil when no key opens it.
    func open(_ sealed: [UInt8], for context: String) -> (secret: [UInt8], isOld: Bool)? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        for (index, key) in keys.enumerated() {
            if let secret = try? AES.GCM.open(box, using: key, authenticating: Array(context.utf8)) {
                return (Array(secret), index > 0)
            }
        }
        return nil
    }
}
