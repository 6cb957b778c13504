import PushService
import Testing

@testable import PushServer

@Suite struct AcknowledgedMessagesTests {
    private let one = UAID.random(), other = UAID.random()
    private let acknowledged = AcknowledgedMessages()

    private func messages(of uaid: UAID, _ numbers: ClosedRange<Int64>) -> [EndedMessage] {
        numbers.map { EndedMessage(MessageID(uaid: uaid, sequence: MessageSequence(rawValue: $0)), .delivered) }
    }

    @Test func whatIsNotDeletedYetIsKnownByItsUserAgent() {
        acknowledged.add(messages(of: one, 1...3))
        acknowledged.add(messages(of: other, 1...1))
        #expect(acknowledged.messages(of: one) == Set(messages(of: one, 1...3).map(\.id)))
        #expect(acknowledged.messages(of: other) == Set(messages(of: other, 1...1).map(\.id)))
    }

    @Test func theFirstAreDeletedFirst() {
        acknowledged.add(messages(of: one, 1...3))
        acknowledged.add(messages(of: other, 1...1))
        #expect(acknowledged.first(2) == messages(of: one, 1...2))
        acknowledged.removeFirst(2)
        #expect(acknowledged.messages(of: one) == Set(messages(of: one, 3...3).map(\.id)))
        #expect(acknowledged.first(10) == messages(of: one, 3...3) + messages(of: other, 1...1))
        acknowledged.removeFirst(2)
        #expect(acknowledged.first(10).isEmpty && acknowledged.messages(of: one).isEmpty && acknowledged.messages(of: other).isEmpty)
    }

    @Test func whatComesWhileOthersAreDeletedStays() {
        acknowledged.add(messages(of: one, 1...1))
        let deleted = acknowledged.first(10)
        acknowledged.add(messages(of: one, 2...2))
        acknowledged.removeFirst(deleted.count)
        #expect(acknowledged.first(10) == messages(of: one, 2...2))
    }

    @Test(.timeLimit(.minutes(1))) func aRingThatComesBeforeAnybodyListensIsHeard() async {
        acknowledged.add(messages(of: one, 1...1))
        var rings = acknowledged.rings.makeAsyncIterator()
        #expect(await rings.next() != nil)
    }
}

extension UAID {
    fileprivate static func random() -> UAID {
        var random = SystemRandomNumberGenerator()
        return .random(using: &random)
    }
}
