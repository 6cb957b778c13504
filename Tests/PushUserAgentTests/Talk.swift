import Foundation
import JWS
import Testing
import WebPush

@testable import PushUserAgent

/// A session with the app `a`, and a push service that says what the test says.
struct Talk {
    static let endpoint = "http://127.0.0.1:8080/wpush/v2/token"
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    typealias Actions = [UserAgentSession.Action]
    typealias Delivery = (app: String, frame: MessageFrame, message: ReceivedMessage)

    var session: UserAgentSession

    init() {
        session = UserAgentSession(identity: UserAgentIdentity(registrations: ["a": Registration()]), settings: UserAgentSettings())
        _ = session.add("a")
    }

    func channel(_ app: String) -> String { session.identity.registrations[app]?.channelID ?? "" }

    func remembers(_ version: String, by app: String = "a") -> Bool {
        session.identity.registrations[app]?.remembers(version) ?? false
    }

    mutating func connect() -> Actions { session.connected(now: Self.start) }

    mutating func lose() { _ = session.disconnected(silently: true, now: Self.start) }

    mutating func receive(_ text: String, now: Date = start) -> Actions { session.received(text, now: now) }

    mutating func hello(_ uaid: String) -> Actions {
        receive(#"{"messageType":"hello","uaid":"\#(uaid)","status":200,"use_webpush":true}"#)
    }

    mutating func keyed(_ app: String, _ key: String) -> Actions {
        session.keyed(app, key, freshChannelID: "fresh", now: Self.start)
    }

    mutating func registered(_ app: String, at endpoint: String = endpoint) -> Actions {
        receive(
            #"{"messageType":"register","channelID":"\#(channel(app).uppercased())","status":200,"pushEndpoint":"\#(endpoint)"}"#)
    }

    mutating func becomeReady(_ apps: [String] = ["a"]) {
        for app in apps { _ = session.add(app) }
        _ = connect()
        _ = hello("u1")
        for app in apps {
            _ = keyed(app, "KEY")
            _ = registered(app)
        }
    }

    /// Receives a message and handles it.
    mutating func take(_ version: String, by app: String) throws {
        let (_, frame, _) = try #require(delivery(receive(empty(version, to: app))))
        _ = session.handled(frame, by: app, now: Self.start)
    }

    func empty(_ version: String, to app: String = "a") -> String {
        #"{"messageType":"notification","channelID":"\#(channel(app))","version":"\#(version)"}"#
    }

    func plain(_ version: String, _ body: [UInt8], to app: String = "a") -> String {
        String(empty(version, to: app).dropLast()) + #","data":"\#(Base64URL.encode(body))"}"#
    }

    func notification(_ version: String, _ plaintext: String, to app: String = "a", sealedFor keys: SubscriptionKeys? = nil) throws -> String {
        let own = try #require(session.identity.registrations[app]).key.keys
        let body = try MessageEncryption.seal(Array(plaintext.utf8), for: keys ?? own)
        return
            #"{"messageType":"notification","channelID":"\#(channel(app))","version":"\#(version)","ttl":60,"data":"\#(Base64URL.encode(body))","headers":{"encoding":"aes128gcm"}}"#
    }

    func ack(_ version: String, _ code: AckCode, _ app: String = "a") -> UserAgentSession.Action {
        .send(.ack(channelID: channel(app), version: version, code))
    }

    func delivery(_ actions: Actions) -> Delivery? {
        guard actions.count == 1, case .deliver(let app, let frame, let message) = actions[0] else { return nil }
        return (app, frame, message)
    }
}
