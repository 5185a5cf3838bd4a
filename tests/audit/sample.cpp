/* What the audit must find in C++, function by function: agree.py says what. Needs no header. */
struct pair {
    pair();
    ~pair();
    int one, other;
};

int *one()
{
    return new int;
}

pair *many(unsigned count)
{
    return new pair[count];
}

void drop(int *one)
{
    delete one;
}

void drop_many(pair *many)
{
    delete[] many;
}
