import Foundation
import JWS
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
    /// Seal provider credentials, and these keys where nodes share a database.
    let master: MasterKeys

    /// - Parameter database: where it is shared, the keys are in it and every node uses the same; the files of the node that is there
    ///   first are where they come from. Elsewhere they are files.
    init(_ folder: DataFolder, _ settings: ServerSettings, _ database: OpenDatabase) async throws {
        if database.isShared, settings.masterKeys == nil, try folder.read(folder.masterKeys) == nil {
            try await SharedKeys.requireNone(SQLSecretStore(database))
        }
        master = try MasterKeys(folder, given: settings.masterKeys)
        let shared = database.isShared ? SharedKeys(store: SQLSecretStore(database), master: master, now: database.now) : nil
        let stored = try await Self.vapid(folder, shared)
        self.vapid = try VAPIDKey(privateKey: settings.vapidPrivateKey ?? stored.privateKey)
        vapidSubject = try (settings.vapidSubject ?? stored.subject).map(VAPIDSubject.init)
        endpoint = try await Self.endpointKeys(folder, shared)
    }

    private static func vapid(_ folder: DataFolder, _ shared: SharedKeys?) async throws -> StoredVAPID {
        let file = try StoredVAPID.file(in: folder)
        guard let shared else { return try file ?? StoredVAPID.make(in: folder) }
        return try StoredVAPID(json: await shared.value(SharedKeys.vapid, first: (file ?? StoredVAPID()).json()))
    }

    private static func endpointKeys(_ folder: DataFolder, _ shared: SharedKeys?) async throws -> [[UInt8]] {
        guard let shared else { return try KeyLines.prepare(folder.endpointKeys, in: folder) }
        let first = try folder.read(folder.endpointKeys) ?? Data(KeyLines.text([randomBytes(32)]).utf8)
        let text = try await shared.value(SharedKeys.endpoint, first: first)
        return try KeyLines.read(String(decoding: text, as: UTF8.self), from: "endpoint.keys in the database")
    }
}

func randomBytes(_ count: Int) -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
}
