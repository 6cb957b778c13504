import APNs
import Crypto
import Foundation
import Synchronization
import Testing

@testable import PushProviders

/// Nodes that send with the same key present the same provider token.
@Suite struct APNsTokenSharingTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let shelf = Shelf()
    private let key: APNsKey

    init() throws {
        key = try APNsKey(
            teamID: "TEAM123456", keyID: "KEY1234567", privateKeyPEM: P256.Signing.PrivateKey().pemRepresentation)
    }

    private func token(_ node: APNsProviderTokens, at minutes: Double) async throws -> String {
        let now = start.addingTimeInterval(minutes * 60)
        await node.agree(through: shelf, now: now)
        return try node.token(now: now).value
    }

    @Test func theFirstTokenIsEverybodys() async throws {
        let one = APNsProviderTokens(key), two = APNsProviderTokens(key)
        let first = try await token(one, at: 0)
        #expect(try await token(two, at: 30) == first)
        #expect(try await token(one, at: 49) == first)
        #expect(shelf.asked == 2, "as long as it lasts nobody asks")
    }

    @Test func whoRenewsFirstRenewsForAll() async throws {
        let one = APNsProviderTokens(key), two = APNsProviderTokens(key)
        let first = try await token(one, at: 0)
        _ = try await token(two, at: 10)
        let second = try await token(two, at: 51)
        #expect(second != first)
        #expect(try await token(one, at: 52) == second)
        #expect(try await token(one, at: 100) == second, "its age counts from when the other made it")
    }

    @Test func aTokenThatAPNsCallsExpiredIsReplacedForAll() async throws {
        let one = APNsProviderTokens(key), two = APNsProviderTokens(key)
        let first = try await token(one, at: 0)
        _ = try await token(two, at: 1)
        let minute25 = start.addingTimeInterval(25 * 60)
        #expect(one.expired(try one.token(now: minute25), now: minute25) == .renewed)
        let second = try await token(one, at: 25)
        #expect(second != first)
        #expect(two.expired(try two.token(now: minute25), now: minute25) == .renewed)
        #expect(try await token(two, at: 25) == second, "no third one")
    }

    @Test func aTokenThatWasMadeAloneIsPutToTheOthers() async throws {
        let one = APNsProviderTokens(key), two = APNsProviderTokens(key)
        let alone = try one.token(now: start).value
        #expect(try await token(one, at: 1) == alone)
        #expect(try await token(two, at: 2) == alone)
    }

    @Test func whenTheOthersCannotBeAskedOursIsUsed() async throws {
        let one = APNsProviderTokens(key)
        shelf.fails()
        let own = try await token(one, at: 0)
        #expect(try await token(one, at: 1) == own)
    }
}

/// What nodes agreed on.
private final class Shelf: APNsTokenSharing {
    private struct State {
        var kept: [String: (token: String, issuedAt: Date)] = [:]
        var asked = 0
        var isAway = false
    }
    private struct Away: Error {}

    private let state = Mutex(State())

    var asked: Int { state.withLock { $0.asked } }
    func fails() { state.withLock { $0.isAway = true } }

    func agree(on token: String, issuedAt: Date, name: String, notBefore: Date) throws -> (token: String, issuedAt: Date) {
        try state.withLock { state in
            if state.isAway { throw Away() }
            state.asked += 1
            if let kept = state.kept[name], kept.issuedAt >= notBefore { return kept }
            state.kept[name] = (token, issuedAt)
            return (token, issuedAt)
        }
    }
}
