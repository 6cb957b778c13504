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
        /// The credential's field at fault, where that is known.
        public let field: String?
        public let reason: String
        public init(isPermanent: Bool, field: String? = nil, reason: String) {
            self.isPermanent = isPermanent
            self.field = field
            self.reason = reason
        }
    }

    public typealias Answer = Result<AccessToken, Refusal>

    private struct State {
        var token: AccessToken?
        /// From then on a new token is asked for, while the old one is still good.
        var renewsAt = Date.distantPast
        var refusal: Refusal?
        var refusedAt = Date.distantPast
        var flight: Task<Answer, Never>?
    }

    private enum Step {
        case known(Answer)
        /// The old token, if it is still good, serves when the flight brings none.
        case wait(Task<Answer, Never>, old: AccessToken?)
    }

    private let state = Mutex(State())
    private let marginSeconds: Double
    private let fetch: @Sendable (Date) async -> Answer

    /// - Parameters:
    ///   - marginSeconds: how long before its end a token is renewed; half of its life when that is shorter.
    ///   - fetch: one request for a new token. It ends by itself, whoever waits for it.
    public init(marginSeconds: Double = 300, fetch: @escaping @Sendable (Date) async -> Answer) {
        self.marginSeconds = marginSeconds
        self.fetch = fetch
    }

    /// The token in force. While a good one is renewed, one caller waits for the new one and the others go on with the old. After a refusal
    /// nobody asks again for ten seconds; the old token serves as long as it lives.
    ///
    /// Giving up waiting doesn't end the flight that others wait for.
    public func token(now: Date) async -> Answer {
        switch state.withLock({ step(&$0, now) }) {
        case .known(let answer): return answer
        case .wait(let flight, let old):
            let answer = await flight.value
            guard case .failure = answer, let old, isInForce(old) else { return answer }
            return .success(old)
        }
    }

    /// Forgets a token that the far side refused. One that has been replaced since is left alone.
    public func forget(_ token: AccessToken) {
        state.withLock { state in
            if state.token == token { state.token = nil }
        }
    }

    private func isInForce(_ token: AccessToken) -> Bool { state.withLock { $0.token == token } }

    private func step(_ state: inout State, _ now: Date) -> Step {
        if let token = state.token, now < state.renewsAt { return .known(.success(token)) }
        let old = state.token.flatMap { $0.expiresAt.timeIntervalSince(now) > Self.lastSeconds ? $0 : nil }
        if let flight = state.flight { return old.map { .known(.success($0)) } ?? .wait(flight, old: nil) }
        if let refusal = state.refusal, isPaused(state, now) { return .known(old.map { .success($0) } ?? .failure(refusal)) }
        // Unstructured on purpose: the flight belongs to all who wait, not to the first of them.
        let flight = Task { await self.renew(now) }
        state.flight = flight
        return .wait(flight, old: old)
    }

    /// Callers' clocks differ by a little; one that was put back by more must not prolong the pause.
    private func isPaused(_ state: State, _ now: Date) -> Bool {
        abs(now.timeIntervalSince(state.refusedAt)) < Self.refusalSeconds
    }

    private static let refusalSeconds: Double = 10
    /// A token that ends sooner may be refused before the request arrives.
    private static let lastSeconds: Double = 15

    private func renew(_ now: Date) async -> Answer {
        let answer = await fetch(now)
        state.withLock { state in
            state.flight = nil
            switch answer {
            case .success(let token):
                state.token = token
                let lifetimeSeconds = token.expiresAt.timeIntervalSince(now)
                state.renewsAt = token.expiresAt.addingTimeInterval(-min(marginSeconds, lifetimeSeconds / 2))
                state.refusal = nil
            case .failure(let refusal):
                state.refusal = refusal
                state.refusedAt = now
            }
        }
        return answer
    }
}
