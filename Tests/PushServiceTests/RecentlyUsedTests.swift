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

@Suite struct HeaderParametersTests {
    @Test(arguments: [
        (nil, ""), ("", ""), ("salt=abc", "salt=abc"), ("salt=\"abc==\"", "salt=abc"), ("a = b ; c=d , e=f", "a=b;c=d,e=f"),
        ("flag;a=b", "flag;a=b"), (",,;;=", ""), ("dh=a/b+c=", "dh=a_b-c"),
    ] as [(String?, String)])
    func valuesAreMadeFitForUserAgents(_ header: String?, _ normalized: String) {
        #expect(HeaderParameters(header).normalized == normalized)
    }

    @Test func namesAreFoundWhateverTheirCaseAndEntry() {
        let parameters = HeaderParameters("keyid=x;DH=first, dh=second;p256ecdsa=k")
        #expect(parameters["dh"] == "first" && parameters["p256ecdsa"] == "k" && parameters["salt"] == nil)
    }
}
