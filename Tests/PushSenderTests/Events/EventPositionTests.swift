import Foundation
import PushSender
import Testing

@Suite struct EventPositionTests {
    @Test func aPositionComesBackFromItsText() {
        let position = EventPosition(transaction: 12, id: 34)
        #expect(position.description == "12-34" && EventPosition("12-34") == position)
    }

    @Test(arguments: ["", "1", "-1-2", "1--2", "1-2-3", "+1-2", "01-2", "1-x", "9223372036854775808-1", " 1-2"])
    func otherTextsAreNone(_ text: String) { #expect(EventPosition(text) == nil) }

    @Test func transactionsComeBeforeNumbers() {
        #expect(EventPosition(transaction: 1, id: 9) < EventPosition(transaction: 2, id: 1))
        #expect(EventPosition(transaction: 2, id: 1) < EventPosition(transaction: 2, id: 2))
        #expect(EventPosition.start < EventPosition(transaction: 0, id: 1))
    }

    @Test func anUnknownKindIsNamedWithItsPlace() {
        #expect {
            try Set<EventKind>(names: ["push.finished", "push.finnished"])
        } throws: { error in
            (error as? PushProblem)?.field == "kinds[1]" && (error as? PushProblem)?.message.contains("push.cancelled") == true
        }
    }

    @Test func aFilterLetsThroughWhatWasAskedFor() {
        let push = PushID(rawValue: "p")
        let event = Event(position: .start, kind: .pushFinished, app: .default, push: push, details: "{}", at: .distantPast)
        #expect(EventFilter().lets(event) && EventFilter(kinds: [.pushFinished], push: push).lets(event))
        #expect(!EventFilter(kinds: [.pushCancelled]).lets(event) && !EventFilter(push: PushID(rawValue: "q")).lets(event))
    }
}
