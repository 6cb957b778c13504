import Crypto
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How many rows, and a checksum over them: the sum of the rows' SHA-256, in four parts modulo 2^64. It doesn't depend on the order in
/// which a database gives them.
struct Tally: Sendable, Hashable {
    private(set) var rows = 0
    private var sum = SIMD4<UInt64>()
    private var buffer: [UInt8] = []

    mutating func add(_ row: SQLRow) {
        rows += 1
        buffer.removeAll(keepingCapacity: true)
        for value in row.values { value.append(to: &buffer) }
        sum &+= SHA256.hash(data: buffer).withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    var checksum: String {
        (0..<4).map { index in
            let digits = String(sum[index].byteSwapped, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    static func == (one: Tally, other: Tally) -> Bool { one.rows == other.rows && one.sum == other.sum }
    func hash(into hasher: inout Hasher) { hasher.combine(sum) }
}

extension SQLValue {
    /// Kind, length, content: two rows that differ anywhere differ here.
    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(0)
        case .integer(let value): Self.append(1, value, to: &bytes)
        case .text(let value):
            Self.append(2, Int64(value.utf8.count), to: &bytes)
            bytes += value.utf8
        case .blob(let value):
            Self.append(3, Int64(value.count), to: &bytes)
            bytes += value
        }
    }

    private static func append(_ kind: UInt8, _ number: Int64, to bytes: inout [UInt8]) {
        bytes.append(kind)
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
}
