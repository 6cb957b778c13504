import APNs
import Foundation
import Testing

@Suite struct RequestTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static let payloads: [APNsPushType: String] = [
        .background: #"{"aps":{"content-available":1}}"#, .fileprovider: #"{"container-identifier":"c"}"#, .mdm: #"{"mdm":"m"}"#,
        .liveactivity: #"{"aps":{"event":"update","timestamp":1,"content-state":{}}}"#,
    ]

    private func payload(_ pushType: APNsPushType) -> [UInt8] { Array((Self.payloads[pushType] ?? #"{"aps":{"alert":"x"}}"#).utf8) }

    private func headers(_ request: APNsRequest) -> [String: String] {
        Dictionary(request.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { _, _ in "twice" })
    }

    /// Push type, topic, its own priority, the priorities that it takes, size limit, whether a certificate is no use.
    static let table: [(APNsPushType, String, String?, [Int], Int, Bool)] = [
        (.alert, "com.example.app", "10", [10, 5, 1], 4096, false),
        (.background, "com.example.app", "5", [5, 1], 4096, false),
        (.voip, "com.example.app.voip", "10", [10], 5120, false),
        (.complication, "com.example.app.complication", "10", [10, 5], 4096, false),
        (.fileprovider, "com.example.app.pushkit.fileprovider", "5", [10, 5], 4096, false),
        (.mdm, "com.example.app", "10", [10], 4096, false),
        (.liveactivity, "com.example.app.push-type.liveactivity", "10", [10, 5], 4096, true),
        (.location, "com.example.app.location-query", "10", [10, 5], 4096, true),
        (.pushtotalk, "com.example.app.voip-ptt", "10", [10], 4096, false),
        (.widgets, "com.example.app.push-type.widgets", nil, [10, 5, 1], 4096, true),
        (.controls, "com.example.app.push-type.controls", nil, [10, 5, 1], 4096, true),
    ]

    @Test func theTableHasEveryType() { #expect(Set(Self.table.map(\.0)) == Set(APNsPushType.allCases)) }

    @Test(arguments: table)
    func everyTypeHasItsHeaders(
        _ pushType: APNsPushType, topic: String, priority: String?, allowed: [Int], limit: Int, needsToken: Bool
    ) throws {
        let notification = try APNsNotification(payload: payload(pushType), pushType: pushType)
        let request = APNsRequestTemplate(notification, bundleID: try APNsBundleID("com.example.app"), providerToken: nil)
            .request(to: try APNsDeviceToken(hex: "AB01"))
        var expected = ["apns-push-type": pushType.rawValue, "apns-topic": topic]
        expected["apns-priority"] = priority
        #expect(headers(request) == expected)
        #expect(pushType.maximumPayloadBytes == limit)
        #expect(pushType.needsTokenAuthentication == needsToken)
        for asked in APNsPriority.allCases {
            let isTaken = (try? APNsNotification(payload: payload(pushType), pushType: pushType, priority: asked)) != nil
            #expect(isTaken == allowed.contains(asked.rawValue), "priority \(asked.rawValue)")
        }
    }

    @Test func aRequestSaysEverythingOnce() throws {
        let body = Array(#" { "aps" : {"alert":"é\u00e9"}, "n":1.0 } "#.utf8)
        let notification = try APNsNotification(
            payload: body, pushType: .alert, priority: .considerate, expiration: .at(now.addingTimeInterval(0.9)), collapseID: "news")
        let token = APNsProviderToken(value: "a.b.c", issuedAt: now)
        let template = APNsRequestTemplate(notification, bundleID: try APNsBundleID("com.example.app"), providerToken: token)
        let request = template.request(to: try APNsDeviceToken(hex: "00FFab"), id: "9e0d5b5a-2f39-8b4c-8f5e-0123456789ab")
        #expect(request.method == "POST" && request.path == "/3/device/00ffab")
        #expect(request.body == body, "a raw payload is not touched")
        #expect(
            headers(request) == [
                "authorization": "bearer a.b.c", "apns-topic": "com.example.app", "apns-push-type": "alert", "apns-priority": "5",
                "apns-expiration": "1800000000", "apns-collapse-id": "news", "apns-id": "9e0d5b5a-2f39-8b4c-8f5e-0123456789ab",
            ])
    }

    @Test func anExpirationIsAbsolute() {
        #expect(APNsExpiration.immediately.header == "0")
        #expect(APNsExpiration.at(now).header == "1800000000")
        #expect(APNsExpiration.at(Date(timeIntervalSince1970: -5)).header == "0")
    }

    @Test(arguments: APNsPushType.allCases)
    func sizeIsCountedInBytes(_ pushType: APNsPushType) throws {
        let start = String(decoding: payload(pushType).dropLast(), as: UTF8.self) + #","x":""#
        let room = pushType.maximumPayloadBytes - start.utf8.count - 2
        let full = start + String(repeating: "é", count: room / 2) + (room % 2 == 1 ? "e" : "") + #""}"#
        #expect(full.utf8.count == pushType.maximumPayloadBytes)
        _ = try APNsNotification(payload: Array(full.utf8), pushType: pushType)
        let error = #expect(throws: APNsError.self) { try APNsNotification(payload: Array((full + " ").utf8), pushType: pushType) }
        #expect(error?.code == .tooLarge)
    }

    @Test func aCollapseIDIsCountedInBytes() throws {
        func accepts(_ id: String) -> Bool {
            (try? APNsNotification(payload: payload(.alert), pushType: .alert, collapseID: id)) != nil
        }
        #expect(accepts(String(repeating: "é", count: 32)))
        #expect(!accepts(String(repeating: "é", count: 32) + "e"))
        #expect(!accepts("") && !accepts("a\r\nb") && !accepts("a\u{7f}") && !accepts(" a"))
    }

    /// What APNs would take with 200 and drop, and what it would refuse.
    @Test(arguments: [
        (APNsPushType.alert, "[1]", nil), (.alert, "{", nil), (.alert, "", nil), (.alert, #"{"aps":[]}"#, "aps"),
        (.alert, #"{"aps":{"mutable-content":1,"sound":"x"}}"#, "aps.mutable-content"),
        (.background, #"{"aps":{}}"#, "aps.content-available"),
        (.background, #"{"aps":{"content-available":"1"}}"#, "aps.content-available"),
        (.background, #"{"aps":{"content-available":true}}"#, "aps.content-available"),
        (.background, #"{"aps":{"content-available":1,"alert":"x"}}"#, "aps.alert"),
        (.background, #"{"aps":{"content-available":1,"badge":0}}"#, "aps.badge"),
        (.background, #"{"aps":{"content-available":1,"sound":""}}"#, "aps.sound"),
        (.liveactivity, #"{"aps":{"event":"update"}}"#, "aps.timestamp"),
        (.liveactivity, #"{"aps":{"event":"update","timestamp":"1"}}"#, "aps.timestamp"),
        (.liveactivity, #"{"aps":{"event":"stop","timestamp":1}}"#, "aps.event"),
        (.liveactivity, #"{"aps":{"event":"start","timestamp":1,"attributes-type":"T","attributes":{},"content-state":{}}}"#, "aps.alert"),
        (.liveactivity, #"{"aps":{"event":"start","timestamp":1,"alert":"x","attributes":{},"content-state":{}}}"#, "aps.attributes-type"),
        (.fileprovider, #"{"aps":{}}"#, "container-identifier"), (.mdm, #"{"aps":{}}"#, "mdm"),
    ])
    func aPayloadThatContradictsItsTypeIsRefused(_ pushType: APNsPushType, _ payload: String, _ field: String?) {
        let error = #expect(throws: APNsError.self) { try APNsNotification(payload: Array(payload.utf8), pushType: pushType) }
        #expect(error?.code == .invalidPayload)
        #expect(error?.field == field)
    }

    @Test func aDeviceTokenHasAnyEvenLength() throws {
        #expect(try APNsDeviceToken(hex: "0aFf").hex == "0aff")
        _ = try APNsDeviceToken(hex: String(repeating: "a", count: 2 * APNsDeviceToken.maximumBytes))
        for wrong in ["", "a", "abc", "gg", "ab cd", "é", String(repeating: "ab", count: APNsDeviceToken.maximumBytes + 1)] {
            #expect(throws: APNsError.self) { try APNsDeviceToken(hex: wrong) }
        }
    }

    @Test func aBundleIDStandsInAPathAndHasNoSuffix() throws {
        #expect(try APNsBundleID("com.apple.mgmt.External.1f-2_3").text == "com.apple.mgmt.External.1f-2_3")
        for wrong in ["", "a/b", "a b", "a\r\nb", "é", "com.example.app.push-type.liveactivity", String(repeating: "a", count: 256)] {
            #expect(throws: APNsError.self) { try APNsBundleID(wrong) }
        }
    }

    @Test func theHostsAreApples() {
        #expect(APNsEnvironment.production.deviceOrigin == "https://api.push.apple.com")
        #expect(APNsEnvironment.sandbox.deviceOrigin == "https://api.sandbox.push.apple.com")
        #expect(APNsEnvironment.production.broadcastOrigin == "https://api-broadcast.push.apple.com")
        #expect(APNsEnvironment.sandbox.broadcastOrigin == "https://api-broadcast.sandbox.push.apple.com")
        #expect(APNsEnvironment.production.managementOrigin == "https://api-manage-broadcast.push.apple.com:2196")
        #expect(APNsEnvironment.sandbox.managementOrigin == "https://api-manage-broadcast.sandbox.push.apple.com:2195")
    }
}
