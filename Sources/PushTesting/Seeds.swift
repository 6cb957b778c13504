import Foundation

/// Which runs a simulation makes: `HERALD_SEED` runs that one again; else the first `HERALD_SIMULATION_SEEDS`, 300 when it isn't set.
public enum Seeds {
    public static let chosen: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["HERALD_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(0..<(environment["HERALD_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 300))
    }()

    /// Several cores share them.
    public static let parts = 0..<UInt64(8)
    public static func part(_ part: UInt64) -> [UInt64] { chosen.filter { $0 % 8 == part } }
}
