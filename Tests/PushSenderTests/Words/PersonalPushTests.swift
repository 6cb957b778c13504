import Foundation
import JSON
import PushSender
import Synchronization
import Testing
import WebPush

private typealias Notification = PushSender.Notification

/// How recipients of a push with personal texts are sent what each is to get.
struct PersonalPushTests {
    private let provider = RememberingProvider()
    private let lane = Lane(app: .default, provider: .webPush)

    private func personal(
        _ notification: Notification, _ wording: Wording? = nil, ownData: PersonalPush.OwnData? = nil
    ) -> PersonalPush {
        var options = PushOptions()
        options.wording = wording
        let push = Push(
            id: PushID(rawValue: "p"), app: .default, audience: Audience(everyone: true), notification: notification, policy: PushPolicy(),
            options: options, createdAt: .distantPast)
        return PersonalPush(push, lane: lane, provider: provider, renderer: UserNames(), ownData: ownData)
    }

    private func recipient(_ number: Int, locale: String = "", user: String? = nil) -> Recipient {
        var device = DeviceProfile()
        device.locale = locale
        return Recipient(
            device: DeviceID(rawValue: "d\(number)"), token: Token(address: "a\(number)"),
            profile: RecipientProfile(device: device, user: user))
    }

    /// - Returns: the outcomes by index; nothing if one was reported twice or missing.
    private func attempt(_ push: PersonalPush, _ recipients: [Recipient]) async -> [Outcome] {
        let reports = Mutex<[Int: [Outcome]]>([:])
        await push.attempt(recipients, now: .distantPast) { index, outcome in reports.withLock { $0[index, default: []].append(outcome) } }
        let outcomes = recipients.indices.map { index in reports.withLock { $0[index] ?? [] } }
        #expect(outcomes.allSatisfy { $0.count == 1 })
        return outcomes.compactMap(\.first)
    }

    @Test func aThousandRecipientsOfThreeLocalesAreThreeNotifications() async {
        let push = personal(
            Notification(title: "hello"), Wording(locales: ["de": Notification(title: "hallo"), "pt": Notification(title: "olá")]))
        let locales = ["de-AT", "pt-BR", "en"]
        for page in 0..<2 {
            let recipients = (0..<1000).map { recipient(page * 1000 + $0, locale: locales[$0 % 3]) }
            let outcomes = await attempt(push, recipients)
            #expect(outcomes == recipients.map { .accepted(id: $0.device.rawValue) })
        }
        #expect(provider.prepared.map(\.notification.title).sorted { $0 ?? "" < $1 ?? "" } == ["hallo", "hello", "olá"])
        #expect(provider.notification(sentTo: DeviceID(rawValue: "d0"))?.title == "hallo")
        #expect(provider.notification(sentTo: DeviceID(rawValue: "d1999"))?.title == "hallo")
        #expect(provider.notification(sentTo: DeviceID(rawValue: "d2"))?.title == "hello")
    }

    @Test func everybodyGetsTheirOwnWordsAndThoseWithTheSameShareThem() async {
        let push = personal(Notification(title: "Hi {{user}}", body: "{{ as it is"), Wording(variables: [:]))
        let outcomes = await attempt(push, (0..<100).map { recipient($0, user: "u\($0 / 2)") })
        #expect(outcomes.count == 100)
        #expect(provider.prepared.count == 50)
        #expect(provider.notification(sentTo: DeviceID(rawValue: "d7"))?.title == "Hi u3")
    }

    @Test func whoHasNoWordsIsRejectedAlone() async {
        let push = personal(Notification(title: "Hi {{user}}"), Wording(variables: [:]))
        let outcomes = await attempt(push, [recipient(0, user: "ann"), recipient(1, user: "nobody"), recipient(2, user: "bo")])
        #expect(outcomes == [.accepted(id: "d0"), .rejected(reason: "notification.title: no words for nobody"), .accepted(id: "d2")])
    }

    @Test func whoWouldGetNothingIsRejected() async {
        let push = personal(Notification(title: "{{user}}"), Wording(variables: [:]))
        let outcomes = await attempt(push, [recipient(0), recipient(1, user: "bo")])
        guard case .rejected = outcomes[0] else { return #expect(Bool(false), "an empty notification was sent") }
        #expect(outcomes[1] == .accepted(id: "d1"))
    }

    @Test func withoutWhatReadsTemplatesEverybodyIsRejected() async {
        var options = PushOptions()
        options.wording = Wording(variables: [:])
        let push = Push(
            id: PushID(rawValue: "p"), app: .default, audience: Audience(everyone: true), notification: Notification(title: "x"),
            policy: PushPolicy(), options: options, createdAt: .distantPast)
        let outcomes = await attempt(PersonalPush(push, lane: lane, provider: provider, renderer: nil), [recipient(0), recipient(1)])
        #expect(outcomes.allSatisfy { if case .rejected = $0 { true } else { false } })
    }

    @Test func ownDataJoinsTheNotificationsData() async {
        let own: PersonalPush.OwnData = { ["link": .string($0.device.rawValue)] }
        for (data, expected) in [
            (nil, .object(["link": .string("d0")])), (.object(["a": .null]), .object(["a": .null, "link": .string("d0")])),
            (.string("mine"), .string("mine")),
        ] as [(JSONValue?, JSONValue)] {
            #expect(await attempt(personal(Notification(title: "x", data: data), ownData: own), [recipient(0), recipient(1)]).count == 2)
            #expect(provider.notification(sentTo: DeviceID(rawValue: "d0"))?.data == expected)
        }
    }

    @Test func thePushIsTheSameButForItsWords() async throws {
        let push = personal(Notification(title: "x"), Wording(locales: ["de": Notification(title: "y")]))
        _ = await attempt(push, [recipient(0, locale: "de")])
        let sent = try #require(provider.prepared.first)
        #expect(sent.id == PushID(rawValue: "p") && sent.policy == PushPolicy() && sent.createdAt == .distantPast)
    }

    @Test func tokensAreSuitedAsBefore() {
        var notification = Notification(title: "{{user}}")
        notification.category = "voip"
        let push = personal(notification, Wording(variables: [:]))
        #expect(push.suits(Token(address: "a", kind: "voip")))
        #expect(!push.suits(Token(address: "a")))
    }
}
