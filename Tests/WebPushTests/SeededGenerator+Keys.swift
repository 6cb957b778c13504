import PushTesting

extension SeededGenerator {
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    /// A private key: surely less than the curve's order.
    mutating func privateKey() -> [UInt8] {
        var key = bytes(32)
        key[0] &= 0x7F
        return key
    }
}
