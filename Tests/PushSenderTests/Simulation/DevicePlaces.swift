@testable import PushSender

/// Where devices stand in the order of cursors: spread over all shards, or crowded into a few.
enum DevicePlaces {
    static func some(_ random: inout some RandomNumberGenerator) -> [DeviceID] {
        let candidates = Bool.random(using: &random) ? spread : crowded
        return Array(candidates.shuffled(using: &random).prefix(Int.random(in: 1...40, using: &random)))
    }

    private static let spread = (0..<200).map { DeviceID(rawValue: "d\($0)") }
    private static let crowdedShards: Set = [0, 1, 510, 511, 512, 1022, 1023]
    private static let crowded = (0..<10_000).map { DeviceID(rawValue: "d\($0)") }.filter { crowdedShards.contains($0.shard) }
}
