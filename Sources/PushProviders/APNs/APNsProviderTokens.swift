import APNs
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The one provider token of a key, for everybody in this process who sends with it: APNs counts the tokens of a team and key, whichever
/// App they are for and however often the credential is set.
final class APNsProviderTokens: Sendable {
    let key: APNsKey

    private struct State {
        var tokens = APNsProviderTokenState()
        /// Whether the first token was put to other processes; later ones are when they are signed.
        var hasAgreed = false
        var connectionGeneration = 0
        var connectionsRenewedAt: Date?
    }

    private let state = Mutex(State())

    init(_ key: APNsKey) { self.key = key }

    private struct Identity: Hashable {
        let teamID: String
        let keyID: String
        /// Somebody may give the wrong file first.
        let publicKey: [UInt8]
    }

    // A process-wide table on purpose: that there is one token per key in a process is what it is for. It holds as many entries as keys
    // were set.
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

    /// Sees to it that the token in force is the one that other processes present, before somebody asks for it. Costs nothing as long as
    /// that token lasts. When the others can't be asked, ours is used.
    func agree(through sharing: (any APNsTokenSharing)?, now: Date) async {
        guard let sharing, let (candidate, goodSince) = candidate(now: now) else { return }
        let name = "apns \(key.teamID) \(key.keyID)"
        guard let agreed = try? await sharing.agree(on: candidate.value, issuedAt: candidate.issuedAt, name: name, notBefore: goodSince)
        else { return }
        let token = APNsProviderToken(value: agreed.token, issuedAt: agreed.issuedAt)
        state.withLock { state in
            state.tokens.signed(token)
            state.hasAgreed = true
        }
    }

    /// The token that we would use, when it isn't agreed on yet.
    private func candidate(now: Date) -> (APNsProviderToken, goodSince: Date)? {
        state.withLock { state in
            let goodSince = state.tokens.goodSince(now: now)
            switch state.tokens.ask(now: now) {
            case .use(let token): return state.hasAgreed ? nil : (token, goodSince)
            case .sign: return (try? key.providerToken(issuedAt: now)).map { ($0, goodSince) }
            }
        }
    }

    func expired(_ token: APNsProviderToken, now: Date) -> APNsProviderTokenState.Expiry {
        state.withLock { $0.tokens.expired(token, now: now) }
    }

    func tooManyUpdates(_ token: APNsProviderToken, now: Date) { state.withLock { $0.tokens.tooManyUpdates(token, now: now) } }

    /// Part of the connections' group.
    var connectionGeneration: Int { state.withLock { $0.connectionGeneration } }

    /// APNs ties a connection to the key and the bundle ids that it first sees on it. When it refuses others, new connections are worth a
    /// try; not often, for that looks like an attack.
    func renewConnections(now: Date) {
        state.withLock { state in
            if let last = state.connectionsRenewedAt, abs(now.timeIntervalSince(last)) < Self.connectionRenewalSeconds { return }
            state.connectionsRenewedAt = now
            state.connectionGeneration += 1
        }
    }

    static let connectionRenewalSeconds: Double = 600
}
