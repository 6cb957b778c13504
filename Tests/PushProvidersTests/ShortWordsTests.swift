import JSON
import PushTesting
import Testing
import WebPush

@testable import PushProviders
@testable import PushSender

/// A push of short words is accepted without asking its providers.
@Suite struct ShortWordsTests {
    private let providers: [any PushProvider] = [
        APNsProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
        FCMProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
        HMSProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
        WNSProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
        WebPushProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
    ]

    /// Letters that one or the other form escapes, and the longest.
    private static let letters: [Character] = ["a", "\u{1}", "\"", "\\", "<", "&", "\n", "\u{7F}", "\u{FFFE}", "é", "世", "👩‍👩‍👧"]

    @Test(arguments: letters) func noProviderHasAnythingToSayOfThem(_ letter: Character) {
        let longest = String(repeating: letter, count: 256 / String(letter).utf8.count)
        for notification in [
            Notification(title: longest), Notification(body: longest), Notification(title: "", body: longest), Notification(title: ""),
        ] {
            #expect(notification.isShortWords)
            for provider in providers {
                for urgency in Urgency.allCases {
                    #expect(provider.problem(with: notification, policy: PushPolicy(ttl: TTL(seconds: 0), urgency: urgency)) == nil)
                }
            }
        }
    }

    @Test func moreThanWordsOrMoreOfThemAreAskedAbout() {
        #expect(!Notification(title: String(repeating: "a", count: 200), body: String(repeating: "b", count: 57)).isShortWords)
        #expect(!Notification(title: "t", url: "https://a.example").isShortWords)
        #expect(!Notification(title: "t", data: .object([:])).isShortWords)
        var raw = Notification(title: "t")
        raw.wns = WNSSection(type: "wns/raw", payload: "x")
        #expect(!raw.isShortWords)
    }
}
