import PushService
import Testing

@Suite struct SessionRegistryTests {
    @Test func theNewestConnectionIsTheUserAgentsOwn() {
        var registry = SessionRegistry<String>()
        #expect(registry.attach("first", to: .known).replaced == nil)
        #expect(registry.attach("second", to: .known).replaced == "first")
        #expect(registry.connection(for: .known) == "second")
        #expect(registry.connection(for: .fresh) == nil)
        #expect(registry.count == 1 && registry.connections == ["second"])
    }

    @Test func aReplacedConnectionDoesNotTakeItsSuccessorAlong() {
        var registry = SessionRegistry<String>()
        let first = registry.attach("first", to: .known).generation
        let second = registry.attach("second", to: .known).generation
        let ended = [first, second, second].map { registry.detach($0, from: .known) }
        #expect(ended == [false, true, false])
        #expect(registry.connection(for: .known) == nil)
    }

    @Test func aLookUpThatWasOvertakenDoesNotWin() {
        var registry = SessionRegistry<String>()
        _ = registry.attach("newer", to: .known, 8)
        let late = registry.attach("older", to: .known, 7)
        #expect(late.replaced == "older", "the newcomer itself has to go")
        #expect(registry.connection(for: .known) == "newer")
        #expect(registry.detach(late.generation, from: .known) == false)
        #expect(registry.attach("newest", to: .known, 9).replaced == "newer")
    }

    @Test func aNewerConnectionElsewhereReplacesOlderOnesOnly() {
        var registry = SessionRegistry<String>()
        _ = registry.attach("here", to: .known, 5)
        #expect(registry.replace(.known, olderThan: 5) == nil)
        #expect(registry.replace(.fresh, olderThan: 5) == nil)
        #expect(registry.numbers == [.known: 5])
        #expect(registry.replace(.known, olderThan: 6) == "here")
        #expect(registry.connection(for: .known) == nil)
    }

    @Test func generationsAreNotReused() {
        var registry = SessionRegistry<Int>()
        let first = registry.attach(1, to: .known).generation
        registry.detach(first, from: .known)
        _ = registry.attach(2, to: .known)
        registry.detach(first, from: .known)
        #expect(registry.connection(for: .known) == 2)
    }
}
