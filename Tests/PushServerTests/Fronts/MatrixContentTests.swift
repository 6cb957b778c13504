import Foundation
import JSON
import PushSender
import Testing

@testable import PushServer

/// A homeserver's notice, in each provider's words.
@Suite struct MatrixContentTests {
    private func notice(_ members: String, device: String = #"{"app_id":"a","pushkey":"k"}"#) throws -> MatrixNotice {
        try MatrixNotice(Array(#"{"notification":{\#(members.isEmpty ? "" : members + ",")"devices":[\#(device)]}}"#.utf8))
    }

    private func notification(
        _ members: String, _ device: String = #""data":{}"#, for provider: ProviderName, isBrief: Bool = false
    ) throws -> PushSender.Notification {
        let notice = try notice(members, device: #"{"app_id":"a","pushkey":"k",\#(device)}"#)
        return MatrixContent(notice: notice, device: notice.devices[0], isBrief: isBrief).notification(for: provider)
    }

    private func json(_ text: String?) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(try #require(text).utf8))
    }

    private static let event = #""event_id":"$e","room_id":"!r","sender":"@ann","sender_display_name":"Ann","content":{"body":"Hi"}"#

    struct Row: Sendable {
        let members: String
        let device: String
        let isBrief: Bool
        let payload: String
        let type: String
        let priority: Int
    }

    @Test(arguments: [
        Row(members: event + #","room_name":"R""#, device: #""tweaks":{"sound":"bing"}"#, isBrief: false,
            payload: #"{"aps":{"alert":{"title":"R","body":"Ann: Hi"},"sound":"bing"},"event_id":"$e","room_id":"!r"}"#, type: "alert", priority: 10),
        Row(members: event + #","prio":"low""#, device: #""data":{}"#, isBrief: false,
            payload: #"{"aps":{"alert":{"title":"Ann","body":"Hi"}},"event_id":"$e","room_id":"!r"}"#, type: "alert", priority: 5),
        Row(members: event, device: #""data":{"default_payload":{"aps":{"alert":"A","mutable-content":1},"k":1}}"#, isBrief: true,
            payload: #"{"aps":{"alert":"A","mutable-content":1},"k":1,"event_id":"$e","room_id":"!r"}"#, type: "alert", priority: 10),
        Row(members: event, device: #""data":{}"#, isBrief: true,
            payload: #"{"aps":{"content-available":1},"event_id":"$e","room_id":"!r"}"#, type: "background", priority: 5),
        Row(members: #""counts":{"unread":2,"missed_calls":1}"#, device: #""data":{}"#, isBrief: false,
            payload: #"{"aps":{"badge":3},"unread_count":2,"missed_calls":1}"#, type: "alert", priority: 10),
        Row(members: #""counts":{}"#, device: #""data":{}"#, isBrief: false,
            payload: #"{"aps":{"badge":0},"unread_count":0,"missed_calls":0}"#, type: "alert", priority: 10),
    ])
    func anAppleDeviceGets(_ row: Row) throws {
        let section = try #require(try notification(row.members, row.device, for: .apns, isBrief: row.isBrief).apns)
        #expect(try json(section.payload) == json(row.payload))
        #expect(section.pushType == row.type && section.priority == row.priority)
    }

    @Test func aDataMessageHasTextsOnly() throws {
        let fcm = try #require(try notification(Self.event + #","counts":{"unread":2}"#, #""data":{"default_payload":{"n":1}}"#, for: .fcm).fcm)
        #expect(
            try json(fcm.message)
                == json(
                    #"""
                    {"android":{"priority":"HIGH"},"data":{"event_id":"$e","room_id":"!r","sender":"@ann","sender_display_name":"Ann",
                     "content":"{\"body\":\"Hi\"}","unread":"2","missed_calls":"0","n":"1"}}
                    """#))
    }

    @Test func idsOnlyMeansIdsOnly() throws {
        let payload = try notification(Self.event, for: .webPush, isBrief: true).webpush?.payload
        #expect(try json(payload) == json(#"{"event_id":"$e","room_id":"!r"}"#))
    }

    @Test(arguments: ["[]", "{}", #"{"notification":[]}"#, #"{"notification":{"devices":{}}}"#, #"{"notification":{"devices":[1]}}"#])
    func aBodyThatIsNoNoticeIsRefused(_ body: String) {
        #expect(throws: MatrixProblem.self) { try MatrixNotice(Array(body.utf8)) }
    }

    @Test func hugeCountsAreHarmless() throws {
        #expect(try notice(#""counts":{"unread":9223372036854775807,"missed_calls":1}"#).badge == 1_000_000)
        #expect(try notice(#""prio":7,"counts":"x","event_id":null"#).badge == nil)
    }

    @Test func appleTokensAreReadInBothSpellings() throws {
        let device = try #require(try notice("", device: #"{"app_id":"a","pushkey":"AAEC/w=="}"#).devices.first)
        #expect(MatrixPushes.addresses(of: device).contains { $0 == (.apns, "000102ff") })
        let subscription = try #require(
            try notice("", device: #"{"app_id":"a","pushkey":"BKey","data":{"endpoint":"https://push.example/1"}}"#).devices.first)
        #expect(MatrixPushes.addresses(of: subscription).map(\.1) == ["https://push.example/1"])
    }
}
