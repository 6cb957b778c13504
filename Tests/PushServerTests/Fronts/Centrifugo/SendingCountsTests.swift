import Foundation
import PushSender
import Testing
import WebPush

@testable import PushServer

@Suite struct SendingCountsTests {
    private func page(_ audience: Audience, provider: ProviderName = .fcm, platforms: [String], seconds: Double = 1) -> PageReport {
        var counters = PushCounters()
        counters.accepted = 1
        let push = Push(
            id: PushID(rawValue: "p"), app: .default, audience: audience, notification: Notification(title: "t"),
            policy: PushPolicy(ttl: TTL(seconds: 60)), options: PushOptions(), createdAt: Date(timeIntervalSince1970: 0))
        return PageReport(
            push: push, lane: Lane(app: .default, provider: provider), counters: counters,
            byPlatform: Dictionary(uniqueKeysWithValues: platforms.map { ($0, counters) }), seconds: seconds)
    }

    @Test(arguments: [
        (Audience.everyone, "filter"), (Audience(users: ["u"]), "filter"),
        (Audience(tokens: [RawToken(provider: .fcm, token: Token(address: "t"))]), "fcm_tokens"),
        (Audience(tokens: [RawToken(provider: .hms, token: Token(address: "t", kind: RawToken.topicKind))]), "hms_topic"),
        (Audience(tokens: [RawToken(provider: .fcm, token: Token(address: "t", kind: RawToken.conditionKind))]), "fcm_condition"),
        (Audience(tokens: [RawToken(provider: .fcm, token: Token(address: "t", kind: "fid"))]), "fcm_tokens"),
    ])
    func recipientsHaveCentrifugosNames(_ audience: Audience, _ name: String) { #expect(RecipientKind(audience).name == name) }

    @Test func devicesAreCountedByWhatTheyAre() {
        let counts = SendingCounts()
        for platforms in [["ios", "web"], ["ios"]] { counts.add(page(.everyone, platforms: platforms)) }
        let ios = SendingCounts.Series(provider: .fcm, recipients: RecipientKind(.everyone), platform: "ios")
        #expect(counts.devices.count == 2 && counts.devices[ios]?.accepted == 2)
        #expect(counts.of(.fcm).accepted == 3 && counts.of(.apns).accepted == 0)
    }

    @Test func strangersCannotMakeSeriesWithoutEnd() {
        let counts = SendingCounts()
        for number in 0..<1000 { counts.add(page(.everyone, platforms: ["\(number)"])) }
        #expect(counts.devices.count == 201 && counts.of(.fcm).accepted == 1000)
    }

    @Test func pagesAreTimed() {
        let counts = SendingCounts()
        for seconds in [0.005, 0.2, 100] { counts.add(page(.everyone, platforms: ["ios"], seconds: seconds)) }
        counts.add(page(.everyone, platforms: [], seconds: 3))
        let histogram = counts.pages.values.first
        #expect(histogram?.count == 3 && histogram?.sum == 100.205, "a page that nobody came to an end in is none")
        let buckets = Dictionary(uniqueKeysWithValues: histogram?.cumulative.map { ($0.bound, $0.count) } ?? [])
        #expect(buckets["0.005"] == 1 && buckets["0.25"] == 2 && buckets["60.0"] == 2 && buckets["+Inf"] == 3)
    }
}
