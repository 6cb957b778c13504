import Foundation
import JSON
import PushProviders
import PushSender
import Testing
import WebPush

@Suite struct HMSPayloadTests {
    private let now = HMSCredentialSamples.now

    /// The request for a device with HMS Core, and that for one with HarmonyOS 5.
    private func bodies(_ notification: PushSender.Notification, policy: PushPolicy = PushPolicy(ttl: TTL(seconds: 60))) async throws -> [String] {
        let transport = AnsweringTransport(status: 200, body: #"{"code":"80000000"}"#)
        let table = CredentialTable<HMSCredential>()
        table.set([try HMSCredential(HMSCredentialSamples.account, now: now)], for: .default)
        let push = HMSProvider(credentials: table, transport: transport).prepare(
            .sample(notification, policy: policy), lane: Lane(app: .default, provider: .hms))
        _ = await push.outcomes([Token(address: "t"), Token(address: "h", kind: "harmony")], now: now)
        return [transport.requests(to: "/v2/"), transport.requests(to: "huawei.com/v3/")].map { $0.first?.text ?? "" }
    }

    @Test func aNotificationIsMappedWhole() async throws {
        var notification = Notification(title: "T", body: "B", url: "https://a.example/")
        notification.image = "https://i"
        notification.badge = 120
        notification.sound = "default"
        notification.actions = [
            NotificationAction(action: "yes", title: "Yes"), NotificationAction(action: "web", title: "Web", url: "https://w"),
            NotificationAction(action: "a", title: "3"), NotificationAction(action: "b", title: "4"),
        ]
        notification.tag = "tag"
        notification.thread = "thread"
        notification.category = "IM"
        notification.channel = "ch"
        notification.color = "#aabbcc"
        notification.interruptionLevel = .passive
        notification.data = .object(["n": .integer(1), "b": .bool(true)])
        let bodies = try await bodies(notification, policy: PushPolicy(ttl: TTL(seconds: 60), urgency: .high, collapseKey: "7"))
        #expect(
            bodies[0]
                == ##"{"message":{"token":["t"],"android":{"bi_tag":"01234567-0000-7000-8000-000000000000","category":"IM","collapse_key":7,"notification":{"badge":{"set_num":99},"body":"B","buttons":[{"action_type":0,"data":"yes","name":"Yes"},{"action_type":2,"intent":"https://w","name":"Web"},{"action_type":0,"data":"a","name":"3"}],"channel_id":"ch","click_action":{"type":2,"url":"https://a.example/"},"color":"#aabbcc","default_sound":true,"group":"thread","image":"https://i","importance":"LOW","notify_id":368519571,"tag":"tag","title":"T"},"ttl":"60s","urgency":"HIGH"},"data":"{\"b\":true,\"n\":1}"}}"##)
        #expect(
            bodies[1]
                == #"{"payload":{"notification":{"badge":{"setNum":99},"body":"B","category":"IM","clickAction":{"actionType":1,"data":{"b":true,"n":1},"uri":"https://a.example/"},"image":"https://i","notifyId":368519571,"title":"T"}},"pushOptions":{"biTag":"01234567-0000-7000-8000-000000000000","collapseKey":7,"ttl":60},"target":{"token":["h"]}}"#)
    }

    @Test func aBackgroundPushShowsNothing() async throws {
        var notification = Notification(title: "unseen")
        notification.background = true
        notification.data = .object(["n": .integer(1)])
        let bodies = try await bodies(notification, policy: PushPolicy(ttl: TTL(seconds: 60), urgency: .high, collapseKey: "7"))
        #expect(!bodies[0].contains("unseen") && bodies[0].contains(#""data":"{\"n\":1}""#) && bodies[0].contains(#""urgency":"NORMAL""#))
        #expect(bodies[1].hasPrefix(#"{"payload":{"extraData":"{\"n\":1}"},"pushOptions":{"biTag""#) && !bodies[1].contains("collapseKey"))
    }

    @Test func aRepeatReplacesItselfAndOtherPushesDoNotMeet() async throws {
        func number(_ collapseKey: String?, tag: String? = nil) async throws -> Substring {
            var notification = Notification(title: "T")
            notification.tag = tag
            let body = try await bodies(notification, policy: PushPolicy(collapseKey: collapseKey))[1]
            #expect(!body.contains("collapseKey"), "a hundred numbers are too few for keys of any kind")
            let start = try #require(body.range(of: #""notifyId":"#)).upperBound
            return body[start...].prefix { $0.isNumber }
        }
        let mine = try await number(nil)
        #expect(try await number(nil) == mine)
        let scores = try await number("scores")
        #expect(scores != mine)
        #expect(try await number(nil, tag: "scores") == scores)
    }

    @Test func titleAndBodyStandInForEachOther() async throws {
        #expect(try await bodies(Notification(body: "B"))[0].contains(#""title":"B""#))
        #expect(try await bodies(Notification(title: "T"))[1].contains(#""body":"T""#))
        let long = try await bodies(Notification(body: String(repeating: "x", count: 1000)))[0]
        #expect(long.contains(#""title":"\#(String(repeating: "x", count: 40))""#), "a title is no place for a whole text")
    }
}
