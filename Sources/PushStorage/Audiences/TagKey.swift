import PushSender

/// Values of tags in a form whose bytes compare as the values do, types apart by their first letter.
enum TagKey {
    /// A row of `device_tag` for each value that a device's tags have, for each member of a list; equal ones once.
    static func rows(of tags: [String: TagValue]) -> [(name: String, value: String)] {
        tags.sorted { $0.key < $1.key }.flatMap { name, value in Set(value.members.compactMap(of)).sorted().map { (name, $0) } }
    }

    /// Nil for lists, which have no value of their own.
    static func of(_ value: TagValue) -> String? {
        switch value {
        case .string(let text): "s" + text
        case .number(let number): "n" + digits(of: number)
        case .boolean(let boolean): boolean ? "b1" : "b0"
        case .list: nil
        }
    }

    /// What stands before and after all keys of the value's type.
    static func type(of value: TagValue) -> (first: String, end: String) {
        switch value {
        case .string, .list: ("s", "t")
        case .number: ("n", "o")
        case .boolean: ("b", "c")
        }
    }

    /// IEEE 754 as hexadecimal digits: positive numbers already stand in order, negative ones in the opposite order.
    private static func digits(of number: Double) -> String {
        let bits = (number == 0 ? 0 : number).bitPattern
        let ordered = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
        let digits = String(ordered, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
