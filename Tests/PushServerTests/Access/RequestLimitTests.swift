import Foundation
import HTTPTypes
import PushStorage
import Testing

@testable import PushServer

/// How much may be asked, and how often guessed.
@Suite struct RequestLimitTests {
    private func server(_ change: (inout LimitSettings) throws -> Void) async throws -> AccessServer {
        var settings = LimitSettings()
        try change(&settings)
        return try await AccessServer(settings)
    }

    @Test func aRegisterKeyIsLimitedPerAddressAndSaysSo() async throws {
        let server = try await server { ($0.registerRequestsPerSecond, $0.registerBurstRequests) = (1, 3) }
        let key = try await server.key(.register).secret
        let answers = try await (0..<4).asyncMap { _ in try await server.ask(.get, "register", key: key) }
        #expect(answers.map(\.status) == [200, 200, 200, 429])
        #expect(answers[0].headers[.rateLimitPolicy] == "\"register\";q=3;w=3")
        #expect(answers[0].headers[.rateLimit]?.hasPrefix("\"register\";r=2;t=") == true)
        #expect(answers[3].headers[.rateLimit]?.hasPrefix("\"register\";r=0;t=") == true)
        #expect(answers[3].headers[.retryAfter] == "1" && answers[3].text("code") == "too_many_requests")
        #expect(answers[3].headers[.contentType] == "application/problem+json")
        #expect(try await server.ask(.get, "register", key: key, from: "203.0.113.2").status == 200, "others are not held back")
    }

    @Test func otherKeysAreNotLimitedByDefault() async throws {
        let server = try await server { ($0.registerRequestsPerSecond, $0.registerBurstRequests) = (1, 1) }
        let key = try await server.key(.send).secret
        for _ in 0..<20 {
            let answer = try await server.ask(.get, "send", key: key)
            #expect(answer.status == 200 && answer.headers[.rateLimit] == nil)
        }
    }

    @Test func aKeyCanBeLimitedWhereverItIsUsed() async throws {
        let server = try await server { ($0.keyRequestsPerSecond, $0.keyBurstRequests) = (1, 2) }
        let key = try await server.key(.send).secret
        let answers = try await (0..<3).asyncMap { try await server.ask(.get, "send", key: key, from: "203.0.113.\($0 + 1)") }
        #expect(answers.map(\.status) == [200, 200, 429])
    }

    @Test func anAddressCanBeLimitedWhateverItAsksWith() async throws {
        let server = try await server { ($0.addressRequestsPerSecond, $0.addressBurstRequests) = (1, 2) }
        let key = try await server.key(.send).secret
        let first = try await server.ask(.get, "send", key: nil)
        #expect(first.status == 401 && first.headers[.rateLimit]?.hasPrefix("\"address\";r=1") == true, "problems say it, too")
        #expect(try await server.ask(.get, "send", key: key).status == 200)
        let third = try await server.ask(.get, "send", key: key)
        #expect(third.status == 429 && third.headers[.rateLimitPolicy] == "\"address\";q=2;w=2")
    }

    @Test func whoGuessesIsStoppedWithoutALookIntoTheDatabase() async throws {
        let server = try await server { $0.failedKeysPerMinute = 5 }
        let good = try await server.key(.send), late = try await server.key(.send)
        #expect(try await server.ask(.get, "send", key: good.secret).status == 200)
        let answers = try await (0..<8).asyncMap { try await server.ask(.get, "send", key: "herald_send_\($0)") }
        #expect(answers.map(\.status) == [401, 401, 401, 401, 401, 429, 429, 429])
        #expect(answers[5].headers[.retryAfter] == "12")
        #expect(try await server.ask(.get, "send", key: good.secret).status == 200, "a key that was seen here before goes on")
        #expect(try await server.ask(.get, "send", key: late.secret).status == 429, "nobody looks whether it is one")
        #expect(try await server.ask(.get, "send", key: late.secret, from: "203.0.113.2").status == 200)
        server.database.close()
        #expect(try await server.ask(.get, "send", key: "herald_send_9").status == 429)
    }

    @Test func aKeyThatWasSeenLatelyIsLookedUpWhateverItsNeighboursGuess() async throws {
        let server = try await AccessServer()
        var settings = LimitSettings()
        settings.failedKeysPerMinute = 1
        let check = KeyCheck(
            cache: KeyCache(server.keys.store, lifetime: .zero), limits: RequestLimits(settings), uses: KeyUses()) { Date() }
        let key = try await server.key(.send), address = try #require(ClientAddress("203.0.113.1"))
        func ask(_ secret: String) async throws -> APIKey { try await check.key(secret: secret, from: address, notes: RateNotes()) }
        _ = try await ask(key.secret)
        for expected in [401, 429] {
            let problem = await #expect(throws: Problem.self) { try await ask("a guess") }
            #expect(problem?.status.code == expected)
        }
        for _ in 0..<3 { #expect(try await ask(key.secret).id == key.key.id) }
        _ = try await server.keys.store.remove(id: key.key.id)
        let gone = await #expect(throws: Problem.self) { try await ask(key.secret) }
        #expect(gone?.status == .unauthorized, "it is looked up each time")
    }

    @Test func newKeysThatExistAreNoGuesses() async throws {
        let server = try await server { $0.failedKeysPerMinute = 5 }
        for _ in 0..<20 {
            #expect(try await server.ask(.get, "send", key: try await server.key(.send).secret).status == 200)
        }
    }

    @Test func theHeaderOfAProxyCountsOnlyWhereItIsTrusted() async throws {
        for (proxies, expected) in [("", 429), ("203.0.113.0/24", 200)] {
            let server = try await server {
                ($0.registerRequestsPerSecond, $0.registerBurstRequests) = (1, 1)
                $0.trustedProxies = try LimitSettings.blocks(proxies)
            }
            let key = try await server.key(.register).secret
            _ = try await server.ask(.get, "register", key: key, forwarded: "198.51.100.1")
            #expect(try await server.ask(.get, "register", key: key, forwarded: "198.51.100.2").status == expected)
            #expect(try await server.ask(.get, "register", key: key, forwarded: "198.51.100.2").status == 429)
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
