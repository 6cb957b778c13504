import FCM
import Testing

/// A message that somebody wrote goes out as it is, and not at all when FCM would refuse it.
@Suite struct FCMRawMessageTests {
    @Test(arguments: [
        (#"  { "data" : {"n":"1.0"} ,"x_new":  1.50 }"#, #"{"message":  {"fid":"f", "data" : {"n":"1.0"} ,"x_new":  1.50 }}"#),
        (#"{"android":{"ttl":"3.50s","priority":"SOMEDAY"}}"#, #"{"message":{"fid":"f","android":{"ttl":"3.50s","priority":"SOMEDAY"}}}"#),
        ("{\n\"data\":{\"collapse_key\":\"\\u00e9\"}\n}\n", "{\"message\":{\"fid\":\"f\",\n\"data\":{\"collapse_key\":\"\\u00e9\"}\n}\n}"),
    ])
    func itGoesThroughByteForByte(_ raw: String, _ body: String) throws {
        #expect(String(decoding: try FCMRequestBody(message: raw).bytes(to: .fid("f")), as: UTF8.self) == body)
    }

    @Test(arguments: [
        ("[]", nil), ("{", nil), ("", nil), (#"{"data":{}} x"#, nil), ("{}", "message"),
        (#"{"token":"t"}"#, "token"), (#"{"fid":"t","data":{}}"#, "fid"), (#"{"topic":"t"}"#, "topic"), (#"{"condition":"t"}"#, "condition"),
        (#"{"t\u006fken":"t"}"#, "token"), (#"{"message":{"data":{}}}"#, "message"), (#"{"data":{},"validate_only":true}"#, "validate_only"),
        (#"{"data":{"gcm.x":"1"}}"#, "data.gcm.x"), (#"{"data":{"n":1}}"#, "data.n"), (#"{"data":{"a":"","n":null}}"#, "data.n"),
        (#"{"android":{"data":{"n":true}}}"#, "android.data.n"), (#"{"webpush":{"data":{"n":{}}}}"#, "webpush.data.n"),
        (#"{"android":{"priority":"SOMEDAY","data":{"from":"x"}}}"#, "android.data.from"), (#"{"android":{"ttl":"2419201s"}}"#, "android.ttl"),
        (#"{"android":{"notification":{"notification_count":-1}}}"#, "android.notification.notification_count"),
        (#"{"android":{"notification":{"notificationCount":-1}}}"#, "android.notification.notification_count"),
    ] as [(String, String?)])
    func whatCannotBeIsNamed(_ raw: String, _ field: String?) {
        let error = #expect(throws: FCMError.self) { try FCMRequestBody(message: raw) }
        #expect(error?.field == field)
    }

    @Test(arguments: ["", #","android":{"priority":"SOMEDAY"}"#])
    func itsSizeIsCountedWhateverElseIsInIt(_ more: String) throws {
        func raw(_ bytes: Int) -> String { #"{"data":{"k":"\#(String(repeating: "a", count: bytes - 1))"}\#(more)}"# }
        _ = try FCMRequestBody(message: raw(4096))
        let error = #expect(throws: FCMError.self) { try FCMRequestBody(message: raw(4097)) }
        #expect(error?.code == .tooLarge)
        let (body, topic) = (try FCMRequestBody(message: raw(2049)), try FCMTopic("a"))
        #expect(throws: FCMError.self) { try body.bytes(to: .topic(topic)) }
    }

    @Test func nestingHasAnEnd() {
        let deep = #"{"x":"# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}"
        #expect(throws: FCMError.self) { try FCMRequestBody(message: deep) }
    }
}
