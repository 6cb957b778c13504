import Foundation
import PushStorage

/// A data folder's keys on their way into a database that nodes share: there they are sealed by the master key, which each node brings.
struct MovedKeys: Sendable {
    let additions: DatabaseMove.Additions
    private let folder: DataFolder
    private let hasAdminKey: Bool

    /// - Throws: ``StorageError`` when one is missing: with another in its place every subscription would be lost.
    init(_ url: URL, masterKeys: String?) throws {
        func checked(_ name: String) throws {
            guard FileManager.default.fileExists(atPath: url.appending(path: name).path) else {
                throw StorageError(.cannotOpen, "there is no \(name) in \(url.path); name the server's data folder with --data")
            }
        }
        try checked("vapid.json")
        try checked("endpoint.keys")
        if masterKeys == nil { try checked("master.keys") }
        folder = try DataFolder(path: url.path)
        hasAdminKey = try folder.read(folder.adminKey) != nil
        additions = DatabaseMove.Additions(
            secrets: try Self.sealed(folder, MasterKeys(folder, given: masterKeys)),
            leftOutKeys: hasAdminKey ? ["admin.key"] : [])
    }

    private static func sealed(_ folder: DataFolder, _ master: MasterKeys) throws -> [String: [UInt8]] {
        let vapid = try StoredVAPID.file(in: folder)?.json() ?? Data()
        let endpoint = try KeyLines.prepare(folder.endpointKeys, in: folder)
        return [
            SharedKeys.vapid: try master.seal(Array(vapid), for: SharedKeys.vapid),
            SharedKeys.endpoint: try master.seal(Array(KeyLines.text(endpoint).utf8), for: SharedKeys.endpoint),
        ]
    }

    /// Where nodes share a database an admin key's id tells whose it is. A server does the same at its start with this folder, so nothing
    /// is lost when this doesn't happen.
    func nameAdminKey(in database: OpenDatabase) async throws {
        guard hasAdminKey else { return }
        try await AdminKey.prepare(folder, SQLKeyStore(database), isShared: true, now: database.now())
    }
}
