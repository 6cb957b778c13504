import Foundation
import PushSender
import Testing

@testable import PushStorage

@Suite struct FrequencyTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let cap = FrequencyCap(key: "k", per: .user, count: 1, seconds: 60, over: .drop)

    private func push(_ id: String) -> Push {
        var options = PushOptions()
        options.caps = [cap]
        return Push(
            id: PushID(rawValue: id), app: .default, audience: .everyone, notification: Notification(title: "t"), policy: PushPolicy(),
            options: options, createdAt: now)
    }

    /// A page that is sent again after a crash, or a user's second device on a later page, isn't another push.
    @Test(arguments: TestDatabase.Kind.available) func onePushCountsOnceHoweverOftenItIsAsked(_ kind: TestDatabase.Kind) async throws {
        let store = SQLPushStore(try await TestDatabase(kind).database)
        let phone = Recipient(
            device: DeviceID(rawValue: "phone"), token: Token(address: "a"), profile: RecipientProfile(user: "ann"))
        let tablet = Recipient(
            device: DeviceID(rawValue: "tablet"), token: Token(address: "b"), profile: RecipientProfile(user: "ann"))
        #expect(try await store.reserve(push("1"), for: [phone], now: now) == [.allowed])
        #expect(try await store.reserve(push("1"), for: [phone, tablet], now: now.addingTimeInterval(1)) == [.allowed, .allowed])
        #expect(try await store.reserve(push("2"), for: [tablet], now: now.addingTimeInterval(59)) == [.dropped(cap)])
        #expect(try await store.reserve(push("2"), for: [tablet], now: now.addingTimeInterval(60)) == [.allowed])
    }
}
