import PushTesting
import Testing

/// Nodes that die, pause and lose answers, over a store that goes away, before far sides that refuse: whatever the order, every push
/// comes to its end, and its counters are true.
@Suite struct SenderSimulationTests {
    @Test(arguments: Seeds.parts)
    func everyPushEndsWithTrueCountersWhateverGoesWrong(_ part: UInt64) {
        for seed in Seeds.part(part) {
            let world = World(seed: seed)
            let broken = world.run()
            #expect(broken.isEmpty, "HERALD_SEED=\(seed), \(world.faults): \(broken.joined(separator: "; "))")
        }
    }

    @Test func theSameSeedIsTheSameRun() {
        let first = World(seed: 7), second = World(seed: 7)
        _ = (first.run(), second.run())
        #expect(first.now == second.now)
        #expect(first.store.pushes.map(\.counters) == second.store.pushes.map(\.counters))
    }
}
