import JSON
import Mustache
import PushSender

// What Mustache is given in place of plain values: it finds nothing in them but what is meant, and all it writes is counted.

/// What names without a dot before them are looked up in.
struct RootValue: MustacheParent {
    let values: TextValues
    let meter: RenderingMeter

    func child(named name: String) -> Any? { values[name].flatMap { metered($0, meter) } }
}

/// - Returns: nil for what Mustache takes as missing.
private func metered(_ value: JSONValue, _ meter: RenderingMeter) -> Any? {
    switch value {
    case .null: nil
    case .bool(let value): value
    case .string(let text): MeteredText(text: text, meter: meter)
    case .integer(let number): MeteredText(text: String(number), meter: meter)
    case .number(let number): MeteredText(text: Int64(exactly: number).map { String($0) } ?? String(number), meter: meter)
    case .array(let items): MeteredList(items: items, meter: meter)
    case .object(let members): MeteredObject(members: members, meter: meter)
    }
}

/// Text, or a number. Empty text is as good as none.
private struct MeteredText: MustacheParent, MustacheCustomRenderable, MustacheTransformable {
    let text: String
    let meter: RenderingMeter

    var renderText: String { meter.write(text) }
    var isNull: Bool { text.isEmpty }
    func child(named: String) -> Any? { nil }

    func transform(_ name: String) -> Any? {
        switch name {
        case "uppercased": MeteredText(text: text.uppercased(), meter: meter)
        case "lowercased": MeteredText(text: text.lowercased(), meter: meter)
        case "capitalized": MeteredText(text: text.prefix(1).uppercased() + text.dropFirst(), meter: meter)
        default: nil
        }
    }
}

private struct MeteredObject: MustacheParent, MustacheCustomRenderable {
    let members: [String: JSONValue]
    let meter: RenderingMeter

    var renderText: String { "" }
    var isNull: Bool { members.isEmpty }
    func child(named name: String) -> Any? { members[name].flatMap { metered($0, meter) } }
}

private struct MeteredList: MustacheSequence, MustacheParent, MustacheCustomRenderable {
    let items: [JSONValue]
    let meter: RenderingMeter

    /// Where it isn't a section: its texts with commas between.
    var renderText: String {
        meter.write(items.compactMap { (metered($0, meter) as? MeteredText)?.text }.joined(separator: ", "))
    }
    var isNull: Bool { items.isEmpty }
    func child(named: String) -> Any? { nil }

    func makeIterator() -> AnyIterator<Any> {
        var rest = items.compactMap { metered($0, meter) }.makeIterator()
        return AnyIterator {
            guard let item = rest.next() else { return nil }
            return meter.takeTurn() ? item : nil
        }
    }
}
