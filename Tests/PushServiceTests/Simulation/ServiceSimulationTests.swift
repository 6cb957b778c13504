import PushTesting
import Testing

/// Nodes that die, connections that live on unseen, news that get lost, over a store that goes away: whatever the order, every message
/// arrives, and the newest connection is the one that stays.
@Suite struct ServiceSimulationTests {
    @Test(arguments: Seeds.parts)
    func everyMessageArrivesAndTheNewestConnectionStaysWhateverGoesWrong(_ part: UInt64) async {
        for seed in Seeds.part(part) {
            let world = ServiceWorld(seed: seed)
            let broken = await world.run()
            #expect(broken.isEmpty, "HERALD_SEED=\(seed), \(world.faults): \(broken.joined(separator: "; "))")
        }
    }

    @Test func theSameSeedIsTheSameRun() async {
        let first = ServiceWorld(seed: 7), second = ServiceWorld(seed: 7)
        _ = (await first.run(), await second.run())
        #expect(first.now == second.now)
        #expect(first.ledger.received == second.ledger.received)
        #expect(first.random.next() == second.random.next())
    }
}
