using System.Text;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes C# with its indentation.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    internal SourceWriter Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
        return this;
    }

    internal SourceWriter Open(string? line = null)
    {
        if (line is not null)
            Line(line);
        Line("{");
        _depth++;
        return this;
    }

    internal SourceWriter Close(string end = "")
    {
        _depth--;
        return Line("}" + end);
    }

    internal SourceWriter Indented(string line)
    {
        _depth++;
        Line(line);
        _depth--;
        return this;
    }

    public override string ToString() => _text.ToString();
}
