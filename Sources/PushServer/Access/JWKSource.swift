import HTTPTransport
import JSON
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The keys at a URL that somebody else keeps. Fetched when they are needed, every five minutes at most whatever tokens name, and by one
/// caller for all.
final class JWKSource: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var keys: [IdentityKey] = []
        var fetchedAt: Instant?
        /// When somebody last asked, with or without success.
        var askedAt: Instant?
        /// Nil while nobody fetches.
        var waiting: [CheckedContinuation<Void, Never>]?
    }

    private enum Step { case known([IdentityKey]), fetch, wait }

    let url: String
    private let transport: any Transport
    private let state = Mutex(State())

    private static let pause = Duration.seconds(300)
    /// Keys that can't be fetched anew serve for so long.
    private static let lifetime = Duration.seconds(86_400)
    private static let deadline = Duration.seconds(5)
    private static let limitBytes = 65_536

    /// - Parameter transport: one for addresses that strangers choose: an administrator of one App is a stranger to this network.
    init(url: String, transport: any Transport) {
        self.url = url
        self.transport = transport
    }

    /// - Returns: the keys; none when they can't be had.
    func keys(now: Instant) async -> [IdentityKey] {
        switch state.withLock({ Self.step(&$0, now) }) {
        case .known(let keys): return keys
        case .fetch: try? await fetch(now: now)
        case .wait: await othersFetch()
        }
        return state.withLock { Self.good($0, now) }
    }

    private static func step(_ state: inout State, _ now: Instant) -> Step {
        let good = good(state, now)
        if let askedAt = state.askedAt, now < askedAt + pause, state.waiting == nil { return .known(good) }
        guard state.waiting == nil else { return good.isEmpty ? .wait : .known(good) }
        state.waiting = []
        return .fetch
    }

    private static func good(_ state: State, _ now: Instant) -> [IdentityKey] {
        state.fetchedAt.map { now < $0 + lifetime } == true ? state.keys : []
    }

    private func othersFetch() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                state.waiting?.append(continuation)
                return state.waiting == nil
            }
            if isOver { continuation.resume() }
        }
    }

    /// Asks now.
    /// - Throws: ``IdentityKey/Unfit``, with what was wrong.
    func fetch(now: Instant) async throws {
        defer { resumeAll() }
        state.withLock { $0.askedAt = now }
        let keys = try await fetched()
        state.withLock { state in
            state.keys = keys
            state.fetchedAt = now
        }
    }

    private func resumeAll() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting ?? []
        }
        for continuation in waiting { continuation.resume() }
    }

    private func fetched() async throws -> [IdentityKey] {
        let request = TransportRequest(
            method: "GET", url: url, headers: [("accept", "application/json")], body: [], replyLimitBytes: Self.limitBytes)
        let reply: TransportReply
        do {
            reply = try await transport.send(request, within: Self.deadline)
        } catch {
            throw IdentityKey.Unfit(reason: error.message)
        }
        guard reply.status == 200 else { throw IdentityKey.Unfit(reason: "the answer was \(reply.status) instead of 200") }
        guard reply.body.count < Self.limitBytes, let jwks = try? JSONDecoder().decode(JSONValue.self, from: Data(reply.body)) else {
            throw IdentityKey.Unfit(reason: "the answer is no JSON of less than \(Self.limitBytes) bytes")
        }
        return try await [IdentityKey](jwks: jwks, isStrict: false)
    }
}
