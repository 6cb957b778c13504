import Foundation
import PushStorage

/// Keys that nodes on one database share, sealed in it by the master key that each of them brings.
struct SharedKeys: Sendable {
    static let vapid = "vapid.json"
    static let endpoint = "endpoint.keys"

    let store: SQLSecretStore
    let master: MasterKeys
    let now: @Sendable () -> Date

    /// The key of that name; `first` becomes it when there is none yet.
    /// - Throws: ``StorageError`` when this node's master key is not the one that sealed it.
    func value(_ name: String, first: @autoclosure () throws -> Data) async throws -> Data {
        let sealed: [UInt8]
        if let known = try await store.secret(name) {
            sealed = known.sealed
        } else {
            sealed = try await store.putFirst(master.seal(Array(first()), for: name), as: name, now: now()).sealed
        }
        guard let (secret, isOld) = master.open(sealed, for: name) else {
            throw Self.wrongMasterKey
        }
        if isOld { try await store.put(master.seal(secret, for: name), as: name, now: now()) }
        return Data(secret)
    }

    /// A node that brings no master key may make one only when it is the first.
    static func requireNone(_ store: SQLSecretStore) async throws {
        if try await store.secret(vapid) != nil { throw wrongMasterKey }
    }

    private static let wrongMasterKey = StorageError(
        .wrongMasterKey,
        """
        this node's master key is not the one of the other nodes on this database: copy master.keys from the data folder of one of them \
        into this node's, or set HERALD_MASTER_KEYS to what stands in it
        """)
}
