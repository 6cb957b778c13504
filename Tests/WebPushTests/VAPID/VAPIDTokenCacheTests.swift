import Testing
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct VAPIDTokenCacheTests {
    private let key = VAPIDKey()
    private let now = Date(timeIntervalSince1970: 1_700_000_000)
    private let origin = "https://push.example.net"

    private func claims(_ header: String, audience: String, at time: Date) throws -> VAPIDClaims {
        try VAPIDAuthorization(authorization: header, cryptoKey: nil).verify(audience: audience, now: time)
    }

    @Test func aTokenSaysWhomItIsForAndWhoSends() throws {
        let cache = VAPIDTokenCache(key: key, subject: try VAPIDSubject("mailto:a@example.com"))
        let header = try cache.authorization(for: origin, now: now)
        let expected = VAPIDClaims(audience: origin, expiresAt: now + 43_200, subject: "mailto:a@example.com")
        #expect(try claims(header, audience: origin, at: now) == expected)
        #expect(header.hasSuffix(", k=\(key.publicKeyBase64URL)"))
    }

    @Test func aTokenIsUsedUntilHalfOfItsLifeIsOver() throws {
        let cache = VAPIDTokenCache(key: key, subject: nil, lifetimeSeconds: 1000)
        let first = try cache.authorization(for: origin, now: now)
        #expect(try cache.authorization(for: origin, now: now + 499) == first)
        #expect(try cache.authorization(for: origin, now: now - 59) == first)
        let second = try cache.authorization(for: origin, now: now + 500)
        #expect(second != first)
        #expect(try claims(second, audience: origin, at: now + 500).expiresAt == now + 1500)
        #expect(try cache.authorization(for: origin, now: now + 999) == second)
    }

    @Test func everyOriginHasItsOwn() throws {
        let cache = VAPIDTokenCache(key: key, subject: nil)
        let other = "https://other.example.net"
        let (one, two) = (try cache.authorization(for: origin, now: now), try cache.authorization(for: other, now: now))
        #expect(try claims(one, audience: origin, at: now).audience == origin)
        #expect(try claims(two, audience: other, at: now).audience == other)
        #expect(try cache.authorization(for: origin, now: now) == one)
    }

    @Test func aClockSetBackGetsANewToken() throws {
        let cache = VAPIDTokenCache(key: key, subject: nil, lifetimeSeconds: 80_000)
        let first = try cache.authorization(for: origin, now: now)
        let second = try cache.authorization(for: origin, now: now - 40_000)
        #expect(second != first)
        #expect(try claims(second, audience: origin, at: now - 40_000).expiresAt == now + 40_000)
    }

    @Test func noTokenLivesLongerThanADay() throws {
        let cache = VAPIDTokenCache(key: key, subject: nil, lifetimeSeconds: .max)
        #expect(try claims(cache.authorization(for: origin, now: now), audience: origin, at: now).expiresAt == now + 86_100)
        let hurried = VAPIDTokenCache(key: key, subject: nil, lifetimeSeconds: -5)
        #expect(try claims(hurried.authorization(for: origin, now: now), audience: origin, at: now).expiresAt == now + 2)
    }

    @Test func theOldestTokenIsForgottenWhenThereAreTooMany() throws {
        let cache = VAPIDTokenCache(key: key, subject: nil, capacity: 3)
        let headers = try (0..<3).map { try cache.authorization(for: "https://p\($0).net", now: now + Double($0)) }
        _ = try cache.authorization(for: "https://p3.net", now: now + 3)
        #expect(try cache.authorization(for: "https://p1.net", now: now + 4) == headers[1])
        #expect(try cache.authorization(for: "https://p2.net", now: now + 4) == headers[2])
        #expect(try cache.authorization(for: "https://p0.net", now: now + 4) != headers[0])
        #expect(try cache.authorization(for: "https://p1.net", now: now + 5) != headers[1])
    }

    @Test func whoeverAsksAtTheSameTimeGetsTheSameToken() async throws {
        let cache = VAPIDTokenCache(key: key, subject: nil)
        let headers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<64 { group.addTask { try cache.authorization(for: origin, now: now) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(headers.count == 1)
    }
}
