import Crypto
import Foundation
import JWS
import PushSender
import PushStorage

/// The key that the operator finds in the data folder.
enum AdminKey {
    /// Makes the key file if there is none, and sees to it that the database knows the key. Of nodes that share a database the first makes
    /// one.
    static func prepare(_ folder: DataFolder, _ store: SQLKeyStore, isShared: Bool, now: Date) async throws {
        if try folder.read(folder.adminKey) == nil {
            if isShared, try await store.keys().contains(where: { $0.scope == .admin }) { return }
            try folder.writeSecret(Data((KeySecret.new(.admin) + "\n").utf8), to: folder.adminKey)
        }
        let secret = String(decoding: try folder.read(folder.adminKey) ?? Data(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try await store.put(
            secret: secret, id: isShared ? sharedID(secret) : fileID, app: .default, name: "admin.key of the data folder",
            scope: .admin, now: now)
    }

    private static let fileID = "admin.key"

    /// Whether the key of this id is held by a file, and comes back with it.
    static func isFile(_ id: String) -> Bool { id == fileID || id.hasPrefix(fileID + "-") }

    /// Folders of several nodes may hold several keys; each stays valid until it is removed.
    private static func sharedID(_ secret: String) -> String {
        fileID + "-" + Base64URL.encode(Array(SHA256.hash(data: Array(secret.utf8)).prefix(6)))
    }
}
