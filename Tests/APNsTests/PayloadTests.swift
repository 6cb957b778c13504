import APNs
import Foundation
import Testing

/// The payload of every push type, byte for byte.
@Suite struct PayloadTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// What a payload is, and that its own push type takes it.
    private func expect(_ bytes: [UInt8], _ json: String, as pushType: APNsPushType, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(text(bytes) == json, sourceLocation: location)
        #expect(throws: Never.self, sourceLocation: location) { try APNsNotification(payload: bytes, pushType: pushType) }
    }

    @Test func anAlertHasEveryKeyUnderApplesName() throws {
        var alert = APSAlert.Content(title: "T", subtitle: "S", body: "B")
        alert.launchImage = "l"
        alert.titleLocKey = "tk"
        alert.titleLocArguments = ["ta"]
        alert.subtitleLocKey = "sk"
        alert.subtitleLocArguments = ["sa"]
        alert.locKey = "k"
        alert.locArguments = ["a", "b"]
        alert.actionLocKey = "ak"
        alert.action = "View"
        alert.summaryArgument = "x"
        alert.summaryArgumentCount = 2
        let aps = APS(
            alert: .content(alert), badge: 0, sound: .critical(name: "s.aiff", volume: 0.5), threadID: "th", category: "c",
            isContentAvailable: true, isMutableContent: true, targetContentID: "w", interruptionLevel: .timeSensitive, relevanceScore: 0.75,
            filterCriteria: "f", urlArguments: ["u/v"])
        try expect(
            try APNsContent(aps: aps).bytes(),
            #"{"aps":{"alert":{"action":"View","action-loc-key":"ak","body":"B","launch-image":"l","loc-args":["a","b"],"loc-key":"k","#
                + #""subtitle":"S","subtitle-loc-args":["sa"],"subtitle-loc-key":"sk","summary-arg":"x","summary-arg-count":2,"title":"T","#
                + #""title-loc-args":["ta"],"title-loc-key":"tk"},"badge":0,"category":"c","content-available":1,"filter-criteria":"f","#
                + #""interruption-level":"time-sensitive","mutable-content":1,"relevance-score":0.75,"sound":{"critical":1,"name":"s.aiff","#
                + #""volume":0.5},"target-content-id":"w","thread-id":"th","url-args":["u/v"]}}"#,
            as: .alert)
    }

    @Test func aSimpleAlertIsShort() throws {
        let aps = APS(alert: .text("Hello ☂"), sound: .default)
        try expect(try APNsContent(aps: aps).bytes(), #"{"aps":{"alert":"Hello ☂","sound":"default"}}"#, as: .alert)
    }

    @Test func whatTheAppUnderstandsStandsBesideAps() throws {
        struct Order: Encodable, Sendable { let id: Int, isPaid: Bool, link: String }
        let content = APNsContent(aps: APS(isContentAvailable: true), custom: Order(id: 7, isPaid: true, link: "https://a/b"))
        try expect(try content.bytes(), #"{"aps":{"content-available":1},"id":7,"isPaid":true,"link":"https://a/b"}"#, as: .background)
    }

    @Test func applesNameIsNotTheApps() {
        #expect(throws: APNsError.self) { try APNsContent(aps: APS(badge: 1), custom: ["aps": 1]).bytes() }
    }

    @Test func onlyAnObjectStandsBesideAps() {
        #expect(throws: APNsError.self) { try APNsContent(aps: APS(badge: 1), custom: [1, 2]).bytes() }
    }

    @Test func whatJSONCannotSayIsAnError() {
        #expect(throws: APNsError.self) { try APNsContent(aps: APS(relevanceScore: .infinity)).bytes() }
    }

    @Test(arguments: [APNsPushType.voip, .complication, .location, .pushtotalk])
    func theSystemsOwnKindsCarryWhatTheAppWants(_ pushType: APNsPushType) throws {
        try expect(try APNsContent(aps: APS(), custom: ["call": "c"]).bytes(), #"{"aps":{},"call":"c"}"#, as: pushType)
    }

    @Test(arguments: [APNsPushType.widgets, .controls])
    func widgetsAreTold(_ pushType: APNsPushType) throws {
        try expect(try APNsContent(aps: APS(isContentChanged: true)).bytes(), #"{"aps":{"content-changed":true}}"#, as: pushType)
    }

    @Test func fileProvidersAndManagedDevicesHaveNoAps() throws {
        try expect(
            try FileProviderContent(containerIdentifier: "root", domain: "d").bytes(), #"{"container-identifier":"root","domain":"d"}"#,
            as: .fileprovider)
        try expect(try MDMContent(pushMagic: "m").bytes(), #"{"mdm":"m"}"#, as: .mdm)
    }

    private struct Score: Encodable, Sendable { let home: Int, since: Date }
    private struct Match: Encodable, Sendable { let teams: [String] }

    @Test func aLiveActivityStarts() throws {
        let start = LiveActivityStart(attributesType: "Match", attributes: Match(teams: ["a", "b"]), updates: .channel("dHN0"))
        let aps = LiveActivityAPS(
            .start(start), timestamp: now, contentState: Score(home: 0, since: Date(timeIntervalSinceReferenceDate: 5)),
            alert: LiveActivityAlert(title: .localized(key: "k", arguments: ["x"]), body: .text("Go"), sound: "s"))
        try expect(
            try APNsContent(aps: aps).bytes(),
            #"{"aps":{"alert":{"body":"Go","sound":"s","title":{"loc-args":["x"],"loc-key":"k"}},"attributes":{"teams":["a","b"]},"#
                + #""attributes-type":"Match","content-state":{"home":0,"since":5},"event":"start","input-push-channel":"dHN0","timestamp":1800000000}}"#,
            as: .liveactivity)
    }

    @Test func aStartMayAskForAToken() throws {
        let start = LiveActivityStart(attributesType: "Match", attributes: NoContent(), updates: .token)
        let aps = LiveActivityAPS(.start(start), timestamp: now, contentState: NoContent(), alert: LiveActivityAlert(body: .text("Go")))
        #expect(text(try APNsContent(aps: aps).bytes()).contains(#""input-push-token":1,"#))
    }

    @Test func aLiveActivityGoesOnAndEnds() throws {
        var update = LiveActivityAPS.update(["home": 1], timestamp: now)
        update.staleDate = now.addingTimeInterval(60)
        update.relevanceScore = 50
        try expect(
            try APNsContent(aps: update).bytes(),
            #"{"aps":{"content-state":{"home":1},"event":"update","relevance-score":50,"stale-date":1800000060,"timestamp":1800000000}}"#,
            as: .liveactivity)
        let end = LiveActivityAPS.end(["home": 2], timestamp: now, dismissalDate: now.addingTimeInterval(-1))
        try expect(
            try APNsContent(aps: end).bytes(),
            #"{"aps":{"content-state":{"home":2},"dismissal-date":1799999999,"event":"end","timestamp":1800000000}}"#, as: .liveactivity)
    }

    @Test(arguments: [
        (#"{"aps":{"alert":"x"}}"#, APNsPushType.alert), (#"{"aps":{"content-available":1}}"#, .background),
        (#"{"aps":{"content-available":1,"sound":"x"}}"#, .alert), (#"{"aps":{"event":"end","timestamp":1}}"#, .liveactivity),
        (#"{"aps":{"content-changed":true}}"#, .widgets), (#"{"mdm":"x"}"#, .mdm), (#"{"container-identifier":"x"}"#, .fileprovider),
        (#"{"mdm":"x","aps":{"alert":"x"}}"#, .alert), ("no JSON", .alert), (#"{"aps":{"content-available":1,"alert":null}}"#, .background),
    ])
    func aPayloadShowsItsType(_ payload: String, _ pushType: APNsPushType) {
        #expect(APNsPushType(guessedFrom: Array(payload.utf8)) == pushType)
    }
}
