import Foundation
import PushStorage
import WebPush

/// `vapid.json`: the names are those that Web Push tools use.
struct StoredVAPID: Codable {
    let publicKey: String
    let privateKey: String
    let subject: String?

    enum CodingKeys: String, CodingKey {
        case publicKey = "public_key"
        case privateKey = "private_key"
        case subject
    }

    /// A new one.
    init() {
        let key = VAPIDKey()
        publicKey = key.publicKeyBase64URL
        privateKey = key.privateKeyBase64URL
        subject = nil
    }

    init(json: Data) throws { self = try JSONDecoder().decode(StoredVAPID.self, from: json) }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self)
    }

    static func file(in folder: DataFolder) throws -> StoredVAPID? {
        guard let data = try folder.read(folder.vapid) else { return nil }
        do {
            return try StoredVAPID(json: data)
        } catch {
            throw StorageError(
                .corrupt, "\(folder.vapid.path) is damaged; restore it from a backup. Without it every browser must subscribe anew",
                cause: error)
        }
    }

    static func make(in folder: DataFolder) throws -> StoredVAPID {
        let stored = StoredVAPID()
        try folder.writeSecret(try stored.json(), to: folder.vapid)
        return stored
    }
}
