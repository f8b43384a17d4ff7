print('PWNED by sitecustomize')
