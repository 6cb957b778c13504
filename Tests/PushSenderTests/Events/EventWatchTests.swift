import Foundation
import PushSender
import PushTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventWatchTests {
    private static let first = EventPosition(transaction: 0, id: 1)

    /// A log that says how far it is, and counts how often it was asked.
    private final class Log: EventStore {
        private let state = Mutex((newest: EventPosition.start, looks: 0))
        var looks: Int { state.withLock { $0.looks } }
        func write(_ position: EventPosition) { state.withLock { $0.newest = position } }

        func newest(of apps: [AppID]) async throws -> [AppID: EventPosition] {
            state.withLock { state in
                state.looks += 1
                return Dictionary(uniqueKeysWithValues: apps.map { ($0, state.newest) })
            }
        }

        func events(app: AppID, after: EventPosition, rows: Int) async throws -> EventPage {
            EventPage(events: [], gap: nil, end: after)
        }

        func deleteEvents(before date: Date, limit: Int) async throws -> Int { 0 }
    }

    private struct Scene {
        let log = Log()
        let clock = ManualClock()
        let watch: EventWatch

        init(readers: Int = 10) {
            var limits = EventWatch.Limits()
            limits.readersPerApp = readers
            watch = EventWatch(store: log, limits: limits, now: { [clock] in clock.date }, clock: clock)
        }

        /// Runs the watch while `work` does.
        func during(_ work: () async throws -> Void) async throws {
            async let _: Void = watch.run()
            try await clock.waitForSleepers(1)
            try await work()
            watch.close()
        }

        /// A second passes: one poll, one look, one rest.
        func poll() async throws {
            clock.advance(by: .seconds(1))
            try await clock.waitForSleepers(2)
            clock.advance(by: .milliseconds(50))
        }
    }

    @Test func aRingWakesReadersOfWhatIsNewAtOnce() async throws {
        let scene = Scene()
        let place = scene.watch.enter(.default)
        try await scene.during {
            async let wake = scene.watch.wait(for: .default, after: .start, seconds: 60)
            scene.log.write(Self.first)
            scene.watch.ring()
            #expect(await wake == .events)
        }
        withExtendedLifetime(place) {}
    }

    @Test func whatAnotherNodeWroteIsFoundWithinASecond() async throws {
        let scene = Scene()
        let place = scene.watch.enter(.default)
        try await scene.during {
            async let wake = scene.watch.wait(for: .default, after: .start, seconds: 60)
            scene.log.write(Self.first)
            scene.clock.advance(by: .seconds(1))
            #expect(await wake == .events)
        }
        withExtendedLifetime(place) {}
    }

    @Test func aReaderThatCameTooLateForTheLookIsNotForgotten() async throws {
        let scene = Scene()
        let place = scene.watch.enter(.default)
        try await scene.during {
            scene.log.write(Self.first)
            async let looked = scene.watch.nextLook()
            scene.watch.ring()
            #expect(await looked == .quiet)
            #expect(await scene.watch.wait(for: .default, after: .start, seconds: 60) == .events)
        }
        withExtendedLifetime(place) {}
    }

    @Test func silenceIsToldInTime() async throws {
        let scene = Scene()
        let place = scene.watch.enter(.default)
        try await scene.during {
            async let wake = scene.watch.wait(for: .default, after: .start, seconds: 2)
            for _ in 0..<3 { try await scene.poll() }
            #expect(await wake == .quiet)
        }
        withExtendedLifetime(place) {}
    }

    @Test func howeverManyReadThereIsOneLookASecond() async throws {
        let scene = Scene(readers: 100)
        let places = (0..<100).compactMap { _ in scene.watch.enter(.default) }
        try await scene.during {
            try await scene.poll()
            try await scene.poll()
            #expect(scene.log.looks == 2)
        }
        #expect(places.count == 100)
    }

    @Test func aPlaceIsFreeWhenItsReaderIsGone() {
        let scene = Scene(readers: 1)
        var place = scene.watch.enter(.default)
        #expect(place != nil && scene.watch.enter(.default) == nil)
        #expect(scene.watch.enter(AppID(rawValue: 2)) != nil, "Apps don't take each other's places")
        place = nil
        #expect(place == nil && scene.watch.enter(.default) != nil)
    }

    @Test func closingSendsReadersHomeNowAndLater() async throws {
        let scene = Scene()
        async let wake = scene.watch.wait(for: .default, after: .start, seconds: 60)
        scene.watch.close()
        #expect(await wake == .closed)
        #expect(await scene.watch.wait(for: .default, after: .start, seconds: 60) == .closed)
    }

    @Test func aCancelledReaderWaitsNoMore() async throws {
        let scene = Scene()
        await withTaskGroup(of: EventWatch.Wake.self) { group in
            group.addTask { await scene.watch.wait(for: .default, after: .start, seconds: 60) }
            group.cancelAll()
            for await wake in group { #expect(wake == .closed) }
        }
    }
}
