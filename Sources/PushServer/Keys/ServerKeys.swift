import JWS
import Foundation
import PushSender
import PushStorage
import WebPush

/// The keys that a server makes on its first start and keeps for good.
struct ServerKeys: Sendable {
    /// Signs our pushes; browsers subscribe with its public half.
    let vapid: VAPIDKey
    let vapidSubject: VAPIDSubject?
    /// Seal endpoint URLs: the first is used, all are understood. 32 bytes each. Put a new one first to rotate; keep the old as long as
    /// its endpoints live.
    let endpoint: [[UInt8]]
    /// Seal provider credentials.
    let master: MasterKeys

    init(_ folder: DataFolder, _ settings: ServerSettings) throws {
        let stored = try StoredVAPID.read(from: folder) ?? StoredVAPID.make(in: folder)
        vapid = try VAPIDKey(privateKey: settings.vapidPrivateKey ?? stored.privateKey)
        vapidSubject = try (settings.vapidSubject ?? stored.subject).map(VAPIDSubject.init)
        master = try MasterKeys(folder)
        endpoint = try KeyLines.prepare(folder.endpointKeys, in: folder)
    }
}

/// `vapid.json`: the names are those that Web Push tools use.
private struct StoredVAPID: Codable {
    let publicKey: String
    let privateKey: String
    let subject: String?

    enum CodingKeys: String, CodingKey {
        case publicKey = "public_key"
        case privateKey = "private_key"
        case subject
    }

    static func read(from folder: DataFolder) throws -> StoredVAPID? {
        guard let data = try folder.read(folder.vapid) else { return nil }
        do {
            return try JSONDecoder().decode(StoredVAPID.self, from: data)
        } catch {
            throw StorageError(
                .corrupt, "\(folder.vapid.path) is damaged; restore it from a backup. Without it every browser must subscribe anew",
                cause: error)
        }
    }

    static func make(in folder: DataFolder) throws -> StoredVAPID {
        let key = VAPIDKey()
        let stored = StoredVAPID(publicKey: key.publicKeyBase64URL, privateKey: key.privateKeyBase64URL, subject: nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try folder.writeSecret(try encoder.encode(stored), to: folder.vapid)
        return stored
    }
}

/// The key that the operator finds in the data folder.
enum AdminKey {
    /// Makes the key file if there is none, and sees to it that the database knows the key.
    static func prepare(_ folder: DataFolder, _ store: SQLKeyStore, now: Date) async throws {
        if try folder.read(folder.adminKey) == nil {
            try folder.writeSecret(Data((KeySecret.new(.admin) + "\n").utf8), to: folder.adminKey)
        }
        let secret = String(decoding: try folder.read(folder.adminKey) ?? Data(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try await store.put(
            secret: secret, id: "admin.key", app: .default, name: "admin.key of the data folder", scope: .admin, now: now)
    }
}

enum KeySecret {
    /// `herald_send_…`: says what it is when it turns up where it shouldn't.
    static func new(_ scope: KeyScope) -> String { "herald_\(scope.rawValue)_" + Base64URL.encode(randomBytes(32)) }
}

func randomBytes(_ count: Int) -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
}
