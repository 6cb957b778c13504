import PushProviders
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// APNs provider tokens that the nodes on one database agree on, sealed in it.
struct SharedAPNsTokens: APNsTokenSharing {
    let store: SQLSecretStore
    let keys: MasterKeys

    func agree(
        on token: String, issuedAt: Date, name: String, notBefore: Date
    ) async throws -> (token: String, issuedAt: Date) {
        let sealed = try keys.seal(Array(token.utf8), for: name)
        let kept = try await store.putFirst(sealed, as: name, replacingBefore: notBefore, now: issuedAt)
        guard let (secret, _) = keys.open(kept.sealed, for: name) else {
            throw StorageError(.wrongMasterKey, "an APNs provider token in the database was sealed with another master key")
        }
        return (String(decoding: secret, as: UTF8.self), kept.updatedAt)
    }
}
