import Foundation
import PushSimulators

/// A line per second in which something came in: what each provider accepted and refused since the start, and the rate.
struct CountsLine {
    let simulators: Simulators

    func run() async {
        var last = 0
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            let counts = simulators.counts
            let requests = counts.values.reduce(0) { $0 + $1.requests }
            if requests != last { print(Self.line(counts, perSecond: requests - last)) }
            fflush(nil)
            last = requests
        }
    }

    static func line(_ counts: [SimulatedPort: RequestCounts], perSecond: Int) -> String {
        let parts = SimulatedPort.allCases.compactMap { port in
            counts[port].flatMap { $0.requests == 0 ? nil : "\(port.rawValue) \($0.accepted) accepted of \($0.requests)" }
        }
        return (parts + ["\(perSecond)/s"]).joined(separator: "   ")
    }
}
