import APNs
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The one provider token of a key, for everybody in this process who sends with it: APNs counts the tokens of a team and key, whichever App
/// they are for and however often the credential is set.
final class APNsProviderTokens: Sendable {
    let key: APNsKey

    private struct State {
        var tokens = APNsProviderTokenState()
        var connectionGeneration = 0
        var connectionsRenewedAt: Date?
    }

    private let state = Mutex(State())

    private init(_ key: APNsKey) { self.key = key }

    private struct Identity: Hashable {
        let teamID: String
        let keyID: String
        /// Somebody may give the wrong file first.
        let publicKey: [UInt8]
    }

    // A process-wide table on purpose: that there is one token per key in a process is what it is for. It holds as many entries as keys were set.
    private static let known = Mutex<[Identity: APNsProviderTokens]>([:])

    static func of(_ key: APNsKey) -> APNsProviderTokens {
        known.withLock { known in
            let identity = Identity(teamID: key.teamID, keyID: key.keyID, publicKey: key.publicKey)
            let tokens = known[identity] ?? APNsProviderTokens(key)
            known[identity] = tokens
            return tokens
        }
    }

    /// The token in force.
    /// - Throws: `invalidKey`.
    func token(now: Date) throws(APNsError) -> APNsProviderToken {
        // Signed under the lock: whoever asks at the same time gets the same token.
        try state.withLock { state throws(APNsError) in
            switch state.tokens.ask(now: now) {
            case .use(let token): return token
            case .sign:
                let token = try key.providerToken(issuedAt: now)
                state.tokens.signed(token)
                return token
            }
        }
    }

    func expired(_ token: APNsProviderToken, now: Date) -> APNsProviderTokenState.Expiry {
        state.withLock { $0.tokens.expired(token, now: now) }
    }

    func tooManyUpdates(_ token: APNsProviderToken, now: Date) { state.withLock { $0.tokens.tooManyUpdates(token, now: now) } }

    /// Part of the connections' group.
    var connectionGeneration: Int { state.withLock { $0.connectionGeneration } }

    /// APNs ties a connection to the key and the bundle ids that it first sees on it. When it refuses others, new connections are worth a try;
    /// not often, for that looks like an attack.
    func renewConnections(now: Date) {
        state.withLock { state in
            if let last = state.connectionsRenewedAt, abs(now.timeIntervalSince(last)) < Self.connectionRenewalSeconds { return }
            state.connectionsRenewedAt = now
            state.connectionGeneration += 1
        }
    }

    static let connectionRenewalSeconds: Double = 600
}
