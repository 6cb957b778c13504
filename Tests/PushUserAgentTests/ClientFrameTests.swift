import Testing
import WebPush

@testable import PushUserAgent

struct ClientFrameTests {
    @Test(arguments: [
        (ClientFrame.hello(uaid: nil), #"{"broadcasts":{},"messageType":"hello","use_webpush":true}"#),
        (.hello(uaid: "u1"), #"{"broadcasts":{},"messageType":"hello","uaid":"u1","use_webpush":true}"#),
        (.register(channelID: "c", key: "BK"), #"{"channelID":"c","key":"BK","messageType":"register"}"#),
        (.unregister(channelID: "c"), #"{"channelID":"c","code":200,"messageType":"unregister"}"#),
        (
            .ack(channelID: "c", version: "a/b\"", .undecryptable),
            #"{"messageType":"ack","updates":[{"channelID":"c","code":101,"version":"a/b\""}]}"#
        ),
        (
            .hello(uaid: "u1", urgency: .veryLow),
            #"{"broadcasts":{},"messageType":"hello","uaid":"u1","urgency":"very-low","use_webpush":true}"#
        ),
        (.nack(version: "v", .handlerFailed), #"{"code":302,"messageType":"nack","version":"v"}"#),
        (.want(.high), #"{"messageType":"urgency","urgency":"high"}"#),
        (.ping, "{}"),
    ])
    func framesReadAsFirefoxWritesThem(frame: ClientFrame, text: String) {
        #expect(frame.text == text)
    }
}
