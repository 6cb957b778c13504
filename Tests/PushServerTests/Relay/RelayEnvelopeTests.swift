import Foundation
import JSON
import PushSender
import PushService
import Testing
import WebPush

@testable import PushServer

@Suite struct RelayEnvelopeTests {
    private static let old = MessageContent(body: [1], encoding: "aesgcm", encryption: "salt=s", cryptoKey: "dh=d")

    private func envelope(
        _ content: MessageContent = MessageContent(body: [251, 255], encoding: "aes128gcm"), urgency: Urgency = .normal,
        wake: RelayCapability.Wake = .alert, collapseKey: String? = nil
    ) -> RelayEnvelope {
        RelayEnvelope(content: content, urgency: urgency, ttlSeconds: 60, collapseKey: collapseKey, wake: wake, title: "New")
    }

    private func json(_ text: String?) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(try #require(text).utf8))
    }

    @Test func appleGetsAnAlertThatItsExtensionMayChange() throws {
        let section = try #require(envelope().notification(for: .apns)?.apns)
        #expect(
            try json(section.payload)
                == json(#"{"aps":{"alert":{"title":"New"},"mutable-content":1},"webpush":{"body":"-_8","encoding":"aes128gcm"}}"#))
        #expect(section.pushType == "alert" && section.priority == nil)
    }

    @Test(arguments: [(Urgency.high, 5), (.normal, 5), (.low, 1), (.veryLow, 1)])
    func aBackgroundPushIsNeverUrgent(_ urgency: Urgency, _ priority: Int) throws {
        let section = try #require(envelope(urgency: urgency, wake: .background).notification(for: .apns)?.apns)
        #expect(section.priority == priority && section.pushType == "background")
        #expect(try json(section.payload)["aps"] == json(#"{"content-available":1}"#))
    }

    @Test(arguments: [
        (Urgency.high, RelayCapability.Wake.background, "HIGH"), (.normal, .alert, "HIGH"), (.normal, .background, "NORMAL"), (.low, .alert, "NORMAL"),
    ])
    func androidIsWokenAsUrgently(_ urgency: Urgency, _ wake: RelayCapability.Wake, _ priority: String) throws {
        let message = try json(envelope(urgency: urgency, wake: wake, collapseKey: "k").notification(for: .fcm)?.fcm?.message)
        #expect(
            try message
                == json(
                    #"{"android":{"priority":"\#(priority)","ttl":"60s","collapse_key":"k"},"data":{"webpush_body":"-_8","webpush_encoding":"aes128gcm"}}"#))
    }

    @Test func whatAnOldMessageNeedsToBeOpenedGoesAlong() throws {
        let members = #"{"body":"AQ","encoding":"aesgcm","encryption":"salt=s","crypto_key":"dh=d"}"#
        #expect(try json(envelope(Self.old).notification(for: .apns)?.apns?.payload)["webpush"] == json(members))
        let data = try json(envelope(Self.old).notification(for: .fcm)?.fcm?.message)["data"]
        #expect(data?["webpush_crypto_key"] == .string("dh=d") && data?["webpush_encryption"] == .string("salt=s"))
    }

    @Test(arguments: [ProviderName.apns, .fcm], [MessageContent(body: [1], encoding: "aes128gcm"), old])
    func whatIsSaidToFitFitsAndOneMoreDoesNot(_ provider: ProviderName, _ content: MessageContent) throws {
        var fitting = content
        fitting.body = [UInt8](repeating: 9, count: envelope(content).limitBytes(for: provider))
        #expect(size(fitting, provider) <= 4096 && envelope(fitting).limitBytes(for: provider) == fitting.body.count)
        fitting.body.append(9)
        #expect(size(fitting, provider) > 4096)
    }

    private func size(_ content: MessageContent, _ provider: ProviderName) -> Int {
        let notification = envelope(content).notification(for: provider)
        if let payload = notification?.apns?.payload { return payload.utf8.count }
        guard case .object(let data)? = try? json(notification?.fcm?.message)["data"] else { return 0 }
        return data.reduce(0) { $0 + $1.key.utf8.count + ($1.value.text ?? "").utf8.count }
    }

    @Test func othersCantCarryIt() { #expect(envelope().notification(for: .webPush) == nil) }
}
