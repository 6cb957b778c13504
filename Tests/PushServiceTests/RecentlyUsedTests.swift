@testable import PushService
import Testing

@Suite struct RecentlyUsedTests {
    @Test func itNeverHoldsMoreThanItsCapacity() {
        var memory = RecentlyUsed<Int, Int>(capacity: 10)
        for number in 0..<1000 {
            memory[number] = number
            #expect(memory.count <= 10)
        }
    }

    @Test func whatIsAskedForStays() {
        var memory = RecentlyUsed<Int, String>(capacity: 4)
        memory[0] = "kept"
        for number in 1..<100 {
            memory[number] = "new"
            let kept = memory[0]
            #expect(kept == "kept")
        }
        let forgotten = memory[1]
        #expect(forgotten == nil)
    }

    @Test func aNewValueReplacesTheOldOneWhereverItIs() {
        var memory = RecentlyUsed<Int, Int>(capacity: 2)
        memory[1] = 1
        memory[2] = 2
        memory[1] = 3
        let value = memory[1]
        #expect(value == 3)
        memory[1] = nil
        let removed = memory[1]
        #expect(removed == nil)
    }
}
