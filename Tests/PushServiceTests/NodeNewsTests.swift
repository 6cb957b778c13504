import Foundation
import PushService
import PushTesting
import Testing
import WebPush

@Suite struct NodeNewsTests {
    @Test func newsComeBackAsTheyWent() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<500 {
            let news = someNews(&random)
            #expect(!news.line.contains("\n"))
            #expect(NodeNews(line: news.line) == news)
        }
    }

    private func someNews(_ random: inout SeededGenerator) -> NodeNews {
        let uaid = UAID.random(using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .stored(uaid, MessageSequence(rawValue: .random(in: 1...(.max), using: &random)))
        case 1: return .connected(uaid, ConnectionNumber(rawValue: .random(in: 0...(.max), using: &random)))
        default:
            let body = (0..<Int.random(in: 0...4096, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            return .unstored(
                Message(
                    id: MessageID(uaid: uaid, sequence: .unstored(using: &random)), channel: .b, urgency: .high,
                    expiresAt: Date(timeIntervalSince1970: 0),
                    content: MessageContent(
                        body: body, encoding: "aesgcm", encryption: "keyid=p256dh; salt=\"a b\"", cryptoKey: "dh=x, p256ecdsa=y")))
        }
    }

    /// A notification of PostgreSQL holds less than 8,000 bytes.
    @Test func aMessageOfTheLargestPromisedSizeFits() {
        let message = Message(
            id: MessageID(uaid: .known, sequence: -7), channel: .a, urgency: .normal, expiresAt: Date(timeIntervalSince1970: 0),
            content: MessageContent(
                body: [UInt8](repeating: 255, count: PushServiceLimits.promisedBodyBytes), encoding: "aesgcm",
                encryption: String(repeating: "e", count: 200), cryptoKey: String(repeating: "k", count: 400)))
        #expect(NodeNews.unstored(message).line.utf8.count < 7_900)
    }

    @Test(arguments: [
        "", "m", "m 1 2", "x 0000000000000000000000000000000c 1", "m 0000000000000000000000000000000c", "u", "u {}", "u e30",
        "m 0000000000000000000000000000000c 0", "m 0000000000000000000000000000000c -1", "c 0000000000000000000000000000000c -1",
        "m 0000000000000000000000000000000c 99999999999999999999", "m 0000000000000000000000000000000c 1 2",
        "u {\"uaid\":\"0000000000000000000000000000000c\",\"sequence\":5,\"channel\":\"\",\"urgency\":\"\",\"body\":\"\"}",
    ])
    func whatIsNotUnderstoodIsSkipped(_ line: String) { #expect(NodeNews(line: line) == nil) }
}
