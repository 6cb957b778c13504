import Testing
import WNS

@Suite struct WNSNotificationTests {
    private func headers(_ notification: WNSNotification) -> [String] { notification.headers.map { "\($0.name): \($0.value)" } }

    @Test func eachTypeHasItsHeaders() {
        #expect(headers(WNSNotification(.number(1))) == ["content-type: text/xml", "x-wns-type: wns/badge"])
        #expect(headers(WNSNotification(WNSTile([]))) == ["content-type: text/xml", "x-wns-type: wns/tile"])
        #expect(headers(WNSNotification(.raw, payload: [1])) == ["content-type: application/octet-stream", "x-wns-type: wns/raw"])
        let toast = WNSNotification(
            .toast, payload: [1], tag: "t", group: "g", isCached: true, lifetimeSeconds: 60, suppressesPopup: true, asksForStatus: true)
        #expect(
            headers(toast) == [
                "content-type: text/xml", "x-wns-type: wns/toast", "x-wns-cache-policy: cache", "x-wns-ttl: 60", "x-wns-tag: t", "x-wns-group: g",
                "x-wns-suppresspopup: true", "x-wns-requestforstatus: true",
            ])
        #expect(headers(WNSNotification(.raw, payload: [1], isCached: false)).contains("x-wns-cache-policy: no-cache"))
    }

    @Test func whatMicrosoftRefusesIsFoundBeforehand() throws {
        func problem(_ notification: WNSNotification) -> WNSError.Code? {
            do throws(WNSError) {
                try notification.check()
                return nil
            } catch { return error.code }
        }
        #expect(problem(WNSNotification(.raw, payload: Array(repeating: 1, count: 5000), tag: "Aa09Aa09Aa09Aa09")) == nil)
        #expect(problem(WNSNotification(.raw, payload: Array(repeating: 1, count: 5001))) == .tooLarge)
        #expect(problem(WNSNotification(.raw, payload: [])) == .invalidField)
        #expect(problem(WNSNotification(.raw, payload: [1], lifetimeSeconds: 0)) == .invalidField)
        for tag in ["", "12345678901234567", "a-b", "é", "a b", "[", "@", "{"] {
            #expect(problem(WNSNotification(.raw, payload: [1], tag: tag)) == .invalidField, "tag \(tag)")
            #expect(problem(WNSNotification(.raw, payload: [1], group: tag)) == .invalidField, "group \(tag)")
        }
    }
}
