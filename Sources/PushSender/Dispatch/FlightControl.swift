#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Synchronization

/// Knows what is in the air, and cuts short what takes too long: one timer for all flights, not one for each.
final class FlightControl: Sendable {
    private let flights = Mutex<[ObjectIdentifier: Flight]>([:])
    private let seconds: Double

    /// - Parameter seconds: how long a page waits for its last device.
    init(seconds: Double) { self.seconds = seconds }

    func started(_ flight: Flight) { flights.withLock { $0[ObjectIdentifier(flight)] = flight } }
    func ended(_ flight: Flight) { flights.withLock { $0[ObjectIdentifier(flight)] = nil } }

    func cutOverdue(now: Date) {
        let overdue = flights.withLock { flights in
            flights.values.filter { now.timeIntervalSince($0.startedAt) >= seconds }
        }
        for flight in overdue { flight.cut() }
    }

    /// Cuts until cancelled.
    func run(now: @Sendable () -> Date, clock: any Clock<Duration>) async {
        while (try? await clock.sleep(for: .seconds(seconds / 8))) != nil { cutOverdue(now: now()) }
    }
}
