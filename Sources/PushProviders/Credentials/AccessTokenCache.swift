#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import Synchronization

/// One access token for everybody who sends with a credential: fetched once however many wait for it, renewed before it expires.
public final class AccessTokenCache: Sendable {
    public struct AccessToken: Sendable, Hashable {
        public let value: String
        public let expiresAt: Date
        public init(value: String, expiresAt: Date) {
            self.value = value
            self.expiresAt = expiresAt
        }
    }

    /// The far side's "no", or its silence.
    public struct Refusal: Error, Sendable, Hashable {
        /// Whether somebody has to mend the credential; otherwise it is worth trying again.
        public let isPermanent: Bool
        public let reason: String
        public init(isPermanent: Bool, reason: String) {
            self.isPermanent = isPermanent
            self.reason = reason
        }
    }

    private struct State {
        var token: AccessToken?
        var refusedUntil: Date?
        var refusal: Refusal?
        var flight: Task<Result<AccessToken, Refusal>, Never>?
    }

    private let state = Mutex(State())
    private let marginSeconds: Double
    private let fetch: @Sendable (Date) async -> Result<AccessToken, Refusal>

    /// - Parameters:
    ///   - marginSeconds: how long before its end a token is renewed.
    ///   - fetch: one request for a new token.
    public init(
        marginSeconds: Double = 300, fetch: @escaping @Sendable (Date) async -> Result<AccessToken, Refusal>
    ) {
        self.marginSeconds = marginSeconds
        self.fetch = fetch
    }

    /// The token in force. After a refusal nobody asks again for ten seconds.
    public func token(now: Date) async -> Result<AccessToken, Refusal> {
        let flight = state.withLock { state -> Result<Task<Result<AccessToken, Refusal>, Never>, Known> in
            if let token = state.token, token.expiresAt.timeIntervalSince(now) > marginSeconds {
                return .failure(Known(.success(token)))
            }
            if let refusal = state.refusal, let until = state.refusedUntil, until > now {
                return .failure(Known(.failure(refusal)))
            }
            if let flight = state.flight { return .success(flight) }
            // Unstructured on purpose: the flight belongs to all who wait, not to the first of them.
            let flight = Task { await self.renew(now) }
            state.flight = flight
            return .success(flight)
        }
        switch flight {
        case .success(let task): return await task.value
        case .failure(let known): return known.result
        }
    }

    /// Forgets a token that the far side refused. One that has been replaced since is left alone.
    public func forget(_ token: AccessToken) {
        state.withLock { state in
            if state.token == token { state.token = nil }
        }
    }

    private struct Known: Error {
        let result: Result<AccessToken, Refusal>
        init(_ result: Result<AccessToken, Refusal>) { self.result = result }
    }

    private static let refusalSeconds: Double = 10

    private func renew(_ now: Date) async -> Result<AccessToken, Refusal> {
        let result = await fetch(now)
        state.withLock { state in
            state.flight = nil
            switch result {
            case .success(let token):
                state.token = token
                state.refusal = nil
            case .failure(let refusal):
                state.refusal = refusal
                state.refusedUntil = now.addingTimeInterval(Self.refusalSeconds)
            }
        }
        return result
    }
}
