import Foundation
import PushSender
import Testing

@testable import PushServer

@Suite struct EventStreamTests {
    private func event(_ id: Int64, _ kind: EventKind) -> Event {
        Event(
            position: EventPosition(transaction: 0, id: id), kind: kind, app: .default, push: PushID(rawValue: "p"), details: "{}",
            at: Date(timeIntervalSince1970: 0))
    }

    @Test func eachEventIsABlockWithItsIdKindAndData() {
        let page = EventPage(
            events: [event(1, .pushFinished), event(2, .receiptOpened)], gap: nil, end: EventPosition(transaction: 0, id: 2))
        let text = EventStream.text(page, after: .start, EventFilter(kinds: [.receiptOpened]))
        let data = #"{"at":"1970-01-01T00:00:00.000Z","data":{},"id":"0-2","kind":"receipt.opened","push":"p"}"#
        #expect(text == "id: 0-2\nevent: receipt.opened\ndata: \(data)\n\n")
    }

    @Test func whatWasMissedIsSaidFirst() {
        let gap = EventPosition(transaction: 0, id: 5)
        let page = EventPage(events: [event(6, .pushFinished)], gap: gap, end: EventPosition(transaction: 0, id: 6))
        let blocks = EventStream.text(page, after: .start, EventFilter()).components(separatedBy: "\n\n")
        #expect(blocks[0] == "event: gap\ndata: {\"after\":\"0-0\",\"kind\":\"gap\",\"through\":\"0-5\"}")
        #expect(blocks[1].hasPrefix("id: 0-6\n"))
    }
}
